// Checks a published log, receipts and a proof of consistency with golang.org/x/mod/sumdb, which is not ours.
//
//	check VKEY-FILE LOG OLD-CHECKPOINT CONSISTENCY RECEIPT...
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Println("rejected:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	verifiers, err := verifiersOf(args[0])
	if err != nil {
		return err
	}
	entries, err := checkLog(args[1], verifiers)
	if err != nil {
		return err
	}
	older, err := checkpointOf(args[2], verifiers)
	if err != nil {
		return err
	}
	if err := checkConsistency(args[3], older, verifiers); err != nil {
		return err
	}
	for _, file := range args[4:] {
		if err := checkReceipt(file, verifiers); err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
	}
	fmt.Printf("%d entries and their tiles, %d receipts, consistency from size %d\n", entries, len(args)-4, older.N)
	return nil
}

func verifiersOf(file string) (note.Verifiers, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []note.Verifier
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		verifier, err := note.NewVerifier(line)
		if err != nil {
			return nil, err
		}
		list = append(list, verifier)
	}
	return note.VerifierList(list...), nil
}

func treeOf(text []byte, verifiers note.Verifiers) (tlog.Tree, error) {
	signed, err := note.Open(text, verifiers)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != signed.Sigs[0].Name {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of this log: %q", signed.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

func checkpointOf(file string, verifiers note.Verifiers) (tlog.Tree, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	return treeOf(text, verifiers)
}

type tiles struct{ directory string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range list {
		// sumdb has the height in the path, tlog-tiles does not.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(t.directory, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// Every entry has to be the leaf that the tiles have, and every tile has to lead to the signed root.
func checkLog(directory string, verifiers note.Verifiers) (int64, error) {
	tree, err := checkpointOf(filepath.Join(directory, "checkpoint"), verifiers)
	if err != nil {
		return 0, err
	}
	reader := tlog.TileHashReader(tree, tiles{directory})
	for start := int64(0); start < tree.N; start += 256 {
		end := start + 256
		if end > tree.N {
			end = tree.N
		}
		tile := tlog.Tile{H: 8, L: -1, N: start / 256, W: int(end - start)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			return 0, err
		}
		var indexes []int64
		for i := start; i < end; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return 0, err
		}
		for i := start; i < end; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return 0, fmt.Errorf("a bundle ends within entry %d", i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:2+length]) != hashes[i-start] {
				return 0, fmt.Errorf("entry %d is not the leaf of the tree", i)
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			return 0, fmt.Errorf("more than the entries in %s", path)
		}
	}
	return tree.N, nil
}

func checkConsistency(file string, older tlog.Tree, verifiers note.Verifiers) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return fmt.Errorf("not a proof of consistency")
	}
	newer, err := treeOf(checkpoint, verifiers)
	if err != nil {
		return err
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != fmt.Sprintf("old %d", older.N) {
		return fmt.Errorf("begins elsewhere: %s", lines[0])
	}
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
}

func checkReceipt(file string, verifiers note.Verifiers) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return fmt.Errorf("not a receipt")
	}
	tree, err := treeOf(checkpoint, verifiers)
	if err != nil {
		return err
	}
	scanner := bufio.NewScanner(bytes.NewReader(head))
	var entry []byte
	index := int64(-1)
	var proof tlog.RecordProof
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case line == "c2sp.org/tlog-proof@v1":
		case strings.HasPrefix(line, "extra "):
			entry, err = base64.StdEncoding.DecodeString(line[len("extra "):])
		case strings.HasPrefix(line, "index "):
			index, err = strconv.ParseInt(line[len("index "):], 10, 64)
		default:
			var hash tlog.Hash
			hash, err = tlog.ParseHash(line)
			proof = append(proof, hash)
		}
		if err != nil {
			return err
		}
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

package io.seriatim.merkle;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Roots, paths and proofs of consistency: against the definition, for every shape of a small tree and for the edges of
 * large ones.
 */
class MerkleTreeTest
{
    private static final int SMALL = 300;
    private static final int PAIRS = 64;
    private static final int LARGE = 70_000;

    /** Leaves and roots that other implementations of RFC 6962 publish. */
    private static final String[] KNOWN_LEAVES = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    private static final String[] KNOWN_ROOTS = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

    @Test
    void shouldHaveTheRootsThatOthersPublish()
    {
        final MerkleFrontier frontier = new MerkleFrontier();
        for (int size = 0; size < KNOWN_ROOTS.length; size++)
        {
            assertEquals(KNOWN_ROOTS[size], HexFormat.of().formatHex(frontier.root()), "size=" + size);
            if (size < KNOWN_LEAVES.length)
            {
                final byte[] entry = HexFormat.of().parseHex(KNOWN_LEAVES[size]);
                frontier.append(entry, 0, entry.length);
            }
        }
    }

    @Test
    void shouldProveEveryLeafOfEverySmallTree()
    {
        final NaiveTree naive = NaiveTree.of(SMALL);
        final TreeOfTiles tree = new TreeOfTiles();
        final TreeHasher hasher = new TreeHasher();
        for (int size = 0; size <= SMALL; size++)
        {
            final byte[] root = naive.root(0, size);
            assertArrayEquals(root, tree.frontier().root(), "size=" + size);
            final ProofBuilder proofs = tree.proofs(size);
            assertArrayEquals(root, proofs.root(size), "size=" + size);
            for (int index = 0; index < size; index++)
            {
                final InclusionProof proof = proofs.inclusion(index, size);
                if (size <= PAIRS || index % 17 == 0 || index == size - 1)
                {
                    assertTrue(NaiveTree.isEqual(naive.path(index, 0, size), proof.hashes()), size + "/" + index);
                }
                assertArrayEquals(root, proof.root(hasher.leaf(NaiveTree.entry(index))), size + "/" + index);
            }
            tree.append(1);
        }
    }

    @Test
    void shouldProveThatEverySmallTreeGrowsFromEverySmallerOne()
    {
        final NaiveTree naive = NaiveTree.of(PAIRS);
        final TreeOfTiles tree = new TreeOfTiles().append(PAIRS);
        for (int to = 0; to <= PAIRS; to++)
        {
            for (int from = 0; from <= to; from++)
            {
                final ConsistencyProof proof = tree.proofs(to).consistency(from, to);
                assertTrue(NaiveTree.isEqual(naive.consistency(from, to), proof.hashes()), from + " to " + to);
                proof.verify(naive.root(0, from), naive.root(0, to));
            }
        }
    }

    @Test
    void shouldProveAtTheEdgesOfLargeTrees()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final TreeOfTiles tree = new TreeOfTiles();
        final TreeHasher hasher = new TreeHasher();
        final List<Integer> sizes = new ArrayList<>();
        final List<byte[]> roots = new ArrayList<>();
        for (int size = 1; size <= LARGE; size++)
        {
            tree.append(1);
            if (Integer.bitCount(size) <= 1 || Integer.bitCount(size + 1) <= 1 || Integer.bitCount(size - 1) <= 1 ||
                random.nextInt(2_000) == 0 || size == LARGE)
            {
                sizes.add(size);
                roots.add(tree.frontier().root());
            }
        }
        for (int i = 0; i < sizes.size(); i++)
        {
            final int to = sizes.get(i);
            final ProofBuilder proofs = tree.proofs(to);
            assertArrayEquals(roots.get(i), proofs.root(to));
            for (final int index : new int[]{0, to / 2, to - 1, random.nextInt(to)})
            {
                final byte[] leaf = hasher.leaf(NaiveTree.entry(index));
                assertArrayEquals(
                    roots.get(i), proofs.inclusion(index, to).root(leaf), "seed=" + seed + " " + to + "/" + index);
            }
            for (int j = 0; j <= i; j++)
            {
                proofs.consistency(sizes.get(j), to).verify(roots.get(j), roots.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537, LARGE})
    void shouldGoOnFromTheTilesOfATree(final int size)
    {
        final TreeOfTiles tree = new TreeOfTiles().append(size);
        final MerkleFrontier reopened = new MerkleFrontier(
            size, tree.hashes(size), (level, index, hashes, offset) -> {});
        assertArrayEquals(tree.frontier().root(), reopened.root());
        for (int i = size; i < size + 300; i++)
        {
            final byte[] entry = NaiveTree.entry(i);
            tree.frontier().append(entry, 0, entry.length);
            reopened.append(new TreeHasher().leaf(entry));
        }
        assertEquals(size + 300, reopened.size());
        assertArrayEquals(tree.frontier().root(), reopened.root());
    }

    @Test
    void shouldRefuseEveryProofOfAnotherShape()
    {
        final TreeOfTiles tree = new TreeOfTiles().append(PAIRS);
        final TreeHasher hasher = new TreeHasher();
        for (int size = 1; size <= PAIRS; size++)
        {
            final ProofBuilder proofs = tree.proofs(size);
            final byte[] root = proofs.root(size);
            for (int index = 0; index < size; index++)
            {
                final byte[] leaf = hasher.leaf(NaiveTree.entry(index));
                final InclusionProof proof = proofs.inclusion(index, size);
                for (int other = -1; other <= size; other++)
                {
                    if (other != index)
                    {
                        assertNotProven(root, new InclusionProof(other, size, proof.hashes()), leaf);
                    }
                }
                assertNotProven(root, proof, hasher.leaf(NaiveTree.entry(index + 1)));
                assertNotProven(root, new InclusionProof(index, size, shorter(proof.hashes())), leaf);
                assertNotProven(root, new InclusionProof(index, size, longer(proof.hashes())), leaf);
                assertNotProven(root, new InclusionProof(index, size, changed(proof.hashes())), leaf);
            }
        }
    }

    @Test
    void shouldRefuseEveryProofOfConsistencyThatIsNone()
    {
        final TreeOfTiles tree = new TreeOfTiles().append(PAIRS);
        assertInconsistent(
            new ConsistencyProof(-1, 0, List.of()), tree.proofs(0).root(0), tree.proofs(0).root(0), "below 0");
        for (int to = 1; to <= PAIRS; to++)
        {
            final ProofBuilder proofs = tree.proofs(to);
            final byte[] newer = proofs.root(to);
            for (int from = 1; from < to; from++)
            {
                final byte[] older = proofs.root(from);
                final List<byte[]> hashes = proofs.consistency(from, to).hashes();
                final String what = from + " to " + to;
                assertInconsistent(new ConsistencyProof(from, to, shorter(hashes)), older, newer, what);
                assertInconsistent(new ConsistencyProof(from, to, longer(hashes)), older, newer, what);
                assertInconsistent(new ConsistencyProof(from, to, changed(hashes)), older, newer, what);
                assertInconsistent(new ConsistencyProof(from, to, hashes), newer, older, what);
                assertInconsistent(new ConsistencyProof(from, to, hashes), newer, newer, what);
                assertInconsistent(new ConsistencyProof(from, to, hashes), older, older, what);
                assertInconsistent(new ConsistencyProof(to, from, hashes), older, newer, what);
                assertInconsistent(new ConsistencyProof(from, to + PAIRS, hashes), older, newer, what);
            }
            assertInconsistent(new ConsistencyProof(to, to, List.of()), proofs.root(to - 1), newer, "size=" + to);
            assertInconsistent(new ConsistencyProof(to, to, List.of(newer)), newer, newer, "size=" + to);
            assertInconsistent(new ConsistencyProof(0, to, List.of(newer)), proofs.root(0), newer, "size=" + to);
            assertInconsistent(new ConsistencyProof(0, to, List.of()), newer, newer, "size=" + to);
        }
    }

    @Test
    void shouldRefuseToProveWhatIsNotInTheTree()
    {
        final TreeOfTiles tree = new TreeOfTiles().append(10);
        final ProofBuilder proofs = tree.proofs(10);
        assertThrows(IllegalArgumentException.class, () -> proofs.inclusion(10, 10));
        assertThrows(IllegalArgumentException.class, () -> proofs.inclusion(-1, 10));
        assertThrows(IllegalArgumentException.class, () -> proofs.consistency(-1, 10));
        assertThrows(IllegalArgumentException.class, () -> proofs.consistency(11, 10));
        assertThrows(IllegalArgumentException.class, () -> proofs.root(11));
        assertThrows(IllegalArgumentException.class, () -> tree.hashes(10).hash(1, 5));
        assertThrows(IllegalArgumentException.class, () -> tree.hashes(10).hash(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> tree.hashes(10).hash(0, -1));
        assertThrows(IllegalArgumentException.class, () -> tree.hashes(10).hash(63, 0));
        assertThrows(IllegalArgumentException.class, () -> new TreeHasher().leaf(new byte[1], 0, 1, new byte[31], 0));
    }

    @Test
    void shouldSayThatATileIsTooShort()
    {
        final ProofBuilder proofs = new ProofBuilder(new TileHashes(tile -> new byte[31 * tile.width()], 10));
        final ProofException ex = assertThrows(ProofException.class, () -> proofs.root(10));
        assertEquals("a tile is too short: tile/0/000.p/10 has 310 bytes, expected 320", ex.getMessage());
    }

    @Test
    void shouldReadATileOnce()
    {
        final TreeOfTiles tree = new TreeOfTiles().append(1_000);
        final ProofBuilder proofs = tree.proofs(1_000);
        for (int index = 0; index < 1_000; index++)
        {
            proofs.inclusion(index, 1_000);
        }
        assertEquals(5, tree.readCount());
    }

    @Test
    void shouldLetGoOfTheTileThatWasReadLongestAgo()
    {
        final List<Long> reads = new ArrayList<>();
        final byte[] bytes = new byte[Tile.WIDTH * TreeHasher.HASH_LENGTH];
        final TileHashes hashes = new TileHashes(
            tile ->
            {
                reads.add(tile.index());
                return bytes;
            },
            (TileHashes.TILES_MAX + 1L) * Tile.WIDTH);
        for (long tile = 0; tile < TileHashes.TILES_MAX; tile++)
        {
            hashes.hash(0, tile * Tile.WIDTH);
        }
        reads.clear();
        hashes.hash(0, 0);
        assertEquals(List.of(), reads);
        hashes.hash(0, (long)TileHashes.TILES_MAX * Tile.WIDTH);
        hashes.hash(0, 0);
        hashes.hash(0, Tile.WIDTH);
        assertEquals(List.of((long)TileHashes.TILES_MAX, 1L), reads, "tile 1 had to go, and tile 0 had not");
    }

    private static void assertNotProven(final byte[] root, final InclusionProof proof, final byte[] leaf)
    {
        try
        {
            assertTrue(!Arrays.equals(root, proof.root(leaf)), proof.index() + "/" + proof.size());
        }
        catch (final ProofException ignored)
        {
            // Told by its shape already.
        }
    }

    private static void assertInconsistent(
        final ConsistencyProof proof, final byte[] older, final byte[] newer, final String what)
    {
        assertThrows(ProofException.class, () -> proof.verify(older, newer), what);
    }

    private static List<byte[]> shorter(final List<byte[]> hashes)
    {
        return hashes.isEmpty() ? List.of(new byte[32]) : hashes.subList(0, hashes.size() - 1);
    }

    private static List<byte[]> longer(final List<byte[]> hashes)
    {
        final List<byte[]> longer = new ArrayList<>(hashes);
        longer.add(new byte[32]);
        return longer;
    }

    private static List<byte[]> changed(final List<byte[]> hashes)
    {
        final List<byte[]> changed = new ArrayList<>(hashes);
        if (changed.isEmpty())
        {
            return List.of(new byte[32]);
        }
        final byte[] hash = changed.get(0).clone();
        hash[31] ^= 1;
        changed.set(0, hash);
        return changed;
    }
}

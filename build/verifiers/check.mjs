// Checks receipts with @sigstore/verify, which is not ours.
//
//   node check.mjs MODULES VKEY-FILE RECEIPT...
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, keyFile, ...receipts] = process.argv.slice(2);
const require = createRequire(`${modules}/index.js`);
const { verifyCheckpoint } = require(`${modules}/@sigstore/verify/dist/tlog/checkpoint.js`);
const { verifyMerkleInclusion } = require(`${modules}/@sigstore/verify/dist/tlog/merkle.js`);

const logs = readFileSync(keyFile, 'utf8').trim().split('\n').map((vkey) => {
  const [name, , base64] = vkey.split('+').length === 3 ? vkey.split('+') :
    [vkey.split('+')[0], vkey.split('+')[1], vkey.split('+').slice(2).join('+')];
  const key = Buffer.from(base64, 'base64');
  const id = createHash('sha256').update(`${name}\n`).update(key).digest();
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
  return { logID: id, baseURL: name, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
});

try {
  for (const file of receipts) {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n\n');
    const [, extra, index, ...hashes] = text.slice(0, end).split('\n');
    const entry = {
      canonicalizedBody: Buffer.from(extra.slice('extra '.length), 'base64'),
      inclusionProof: {
        logIndex: index.slice('index '.length),
        hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
        checkpoint: { envelope: text.slice(end + 2) },
      },
    };
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));
  }
  console.log(`${receipts.length} receipts`);
} catch (error) {
  console.log(`rejected: ${error.message}`);
  process.exit(1);
}

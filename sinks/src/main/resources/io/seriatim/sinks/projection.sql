-- A projection of a log: every entry that was sent here, and views over them. Amounts are integers up to 2^63-1 and
-- decimal text above; a sum over such text is a floating-point number. Sums are of what was sent: of the whole log, if
-- the feed leaves nothing out. A projection of a part of the order has the opening balances of its accounts, and those
-- entries before it that it speaks of (in_part = 0): definitions, accounts, and pending transfers that were open.

CREATE TABLE log (
    uuid TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    part TEXT,
    feed_offset TEXT
);

CREATE TABLE entries (
    shard INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    ledger_sequence INTEGER,
    timestamp_ns INTEGER,
    kind TEXT NOT NULL,
    outcome TEXT,
    ledger INTEGER,
    code INTEGER,
    flags TEXT,
    id TEXT,
    debit_account TEXT,
    credit_account TEXT,
    amount,
    stage TEXT CHECK (stage IN ('posted', 'pending', 'post', 'void', 'expiry')),
    pending_sequence INTEGER,
    previous_debit_sequence INTEGER,
    previous_credit_sequence INTEGER,
    in_part INTEGER NOT NULL CHECK (in_part IN (0, 1)),
    entry TEXT NOT NULL,
    PRIMARY KEY (shard, sequence)
) WITHOUT ROWID;

-- What accounts held just before the part; empty if the projection begins with the order.
CREATE TABLE opening_balances (
    shard INTEGER NOT NULL,
    account TEXT NOT NULL,
    ledger INTEGER NOT NULL,
    debits_posted NOT NULL,
    credits_posted NOT NULL,
    debits_pending NOT NULL,
    credits_pending NOT NULL,
    PRIMARY KEY (shard, account)
) WITHOUT ROWID;

CREATE INDEX entries_by_debit_account ON entries (shard, debit_account, sequence) WHERE debit_account IS NOT NULL;
CREATE INDEX entries_by_credit_account ON entries (shard, credit_account, sequence) WHERE credit_account IS NOT NULL;
CREATE INDEX entries_by_id ON entries (shard, id) WHERE id IS NOT NULL;
CREATE INDEX entries_by_pending ON entries (shard, pending_sequence) WHERE pending_sequence IS NOT NULL;

-- Ledgers that were defined.
CREATE VIEW ledgers AS
    SELECT shard, ledger, json_extract(entry, '$.asset_code') AS asset_code, json_extract(entry, '$.scale') AS scale
    FROM entries WHERE kind = 'ledger_definition' AND outcome = 'created';

-- Accounts that were created.
CREATE VIEW accounts AS
    SELECT shard, sequence, id, ledger, code, flags, timestamp_ns
    FROM entries WHERE kind = 'account' AND outcome = 'created';

-- Transfers that were created.
CREATE VIEW transfers AS
    SELECT shard, sequence, ledger_sequence, id, debit_account, credit_account, amount, stage, ledger, code, flags,
        timestamp_ns
    FROM entries WHERE kind = 'transfer' AND outcome = 'created' AND in_part;

-- Commands that were refused: they are part of the order too.
CREATE VIEW refusals AS
    SELECT shard, sequence, kind, outcome, id, ledger, timestamp_ns
    FROM entries WHERE outcome IS NOT NULL AND outcome <> 'created';

-- What each entry does to the balances of its two accounts.
CREATE VIEW movements AS
    SELECT e.shard, e.sequence, e.timestamp_ns, e.ledger, e.debit_account AS account, 'debit' AS side,
        CASE WHEN e.stage IN ('posted', 'post') THEN e.amount ELSE 0 END AS posted,
        CASE WHEN e.stage = 'pending' THEN e.amount
            WHEN e.stage IN ('post', 'void', 'expiry') THEN -p.amount ELSE 0 END AS pending
    FROM entries e LEFT JOIN entries p ON p.shard = e.shard AND p.sequence = e.pending_sequence
    WHERE e.stage IS NOT NULL AND e.in_part
    UNION ALL
    SELECT e.shard, e.sequence, e.timestamp_ns, e.ledger, e.credit_account, 'credit',
        CASE WHEN e.stage IN ('posted', 'post') THEN e.amount ELSE 0 END,
        CASE WHEN e.stage = 'pending' THEN e.amount
            WHEN e.stage IN ('post', 'void', 'expiry') THEN -p.amount ELSE 0 END
    FROM entries e LEFT JOIN entries p ON p.shard = e.shard AND p.sequence = e.pending_sequence
    WHERE e.stage IS NOT NULL AND e.in_part;

-- What accounts hold at the end of what was sent.
CREATE VIEW balances AS
    SELECT a.shard, a.ledger, a.id AS account, a.code,
        COALESCE(o.debits_posted, 0) + COALESCE(SUM(CASE WHEN m.side = 'debit' THEN m.posted END), 0)
            AS debits_posted,
        COALESCE(o.credits_posted, 0) + COALESCE(SUM(CASE WHEN m.side = 'credit' THEN m.posted END), 0)
            AS credits_posted,
        COALESCE(o.debits_pending, 0) + COALESCE(SUM(CASE WHEN m.side = 'debit' THEN m.pending END), 0)
            AS debits_pending,
        COALESCE(o.credits_pending, 0) + COALESCE(SUM(CASE WHEN m.side = 'credit' THEN m.pending END), 0)
            AS credits_pending
    FROM accounts a LEFT JOIN opening_balances o ON o.shard = a.shard AND o.account = a.id
        LEFT JOIN movements m ON m.shard = a.shard AND m.account = a.id
    GROUP BY a.shard, a.id;

-- Debits and credits of each ledger are equal.
CREATE VIEW trial_balance AS
    SELECT ledger, SUM(debits_posted) AS debits_posted, SUM(credits_posted) AS credits_posted,
        SUM(debits_pending) AS debits_pending, SUM(credits_pending) AS credits_pending
    FROM balances GROUP BY ledger;

-- Pending transfers that were neither posted, voided nor released.
CREATE VIEW open_pending_transfers AS
    SELECT p.* FROM entries p
    WHERE p.stage = 'pending' AND NOT EXISTS (
        SELECT 1 FROM entries e WHERE e.shard = p.shard AND e.pending_sequence = p.sequence AND e.stage IS NOT NULL);

-- Sequences that are missing below the newest one, and of a part behind its first one; none of a feed that leaves
-- nothing out.
CREATE VIEW sequence_gaps AS
    SELECT shard, previous + 1 AS first_missing, sequence - 1 AS last_missing
    FROM (SELECT shard, sequence,
            LAG(sequence, 1, (SELECT CASE WHEN part IS NULL THEN -1 ELSE sequence - 1 END FROM log))
                OVER (PARTITION BY shard ORDER BY sequence) AS previous
        FROM entries WHERE in_part)
    WHERE sequence > previous + 1;

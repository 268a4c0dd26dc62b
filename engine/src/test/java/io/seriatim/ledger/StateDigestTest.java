package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import static io.seriatim.ledger.AccountDraft.account;
import static io.seriatim.ledger.TransferDraft.pending;
import static io.seriatim.ledger.TransferDraft.postOf;
import static io.seriatim.ledger.TransferDraft.transfer;
import static io.seriatim.ledger.TransferDraft.voidOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** The digest of a state, which stands in manifests and snapshots, is of all of it, and does not change its meaning. */
class StateDigestTest
{
    /** Whoever changes it makes every snapshot and clean close unreadable. */
    private static final String GOLDEN =
        "bad4a70f087e33bd5b43c30230f661c107e6188359b1bdbf436efd7096078e42";

    private static LedgerFixture everything()
    {
        final LedgerFixture ledger = new LedgerFixture();
        ledger.define(840, 2, "USD");
        ledger.with(account(1), account(2), account(3).flag(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS));
        ledger.with(transfer(10, 1, 2, 100), transfer(11, 1, 3, 50));
        ledger.with(pending(20, 1, 2, 5), pending(21, 1, 2, 6).timeout(1), pending(22, 1, 2, 7).timeout(1_000));
        ledger.with(pending(23, 1, 2, 8).timeout(2_000));
        ledger.with(postOf(30, 20), voidOf(31, 23));
        // Spends its id.
        ledger.send(transfer(40, 3, 1, 51));
        ledger.expireNext();
        return ledger;
    }

    private static String digest(final LedgerFixture ledger)
    {
        return HexFormat.of().formatHex(ledger.stateMachine().digest());
    }

    @Test
    void shouldBeWhatItEverWas()
    {
        try (LedgerFixture ledger = everything())
        {
            assertEquals(GOLDEN, digest(ledger));
            assertEquals(GOLDEN, digest(ledger.reload()), "of the same state, loaded from a snapshot");
        }
    }

    /** What differs in one thing alone differs in its digest. */
    @Test
    void shouldBeOfEverything()
    {
        final Map<String, String> seen = new LinkedHashMap<>();
        final Map<String, Consumer<LedgerFixture>> changes = new LinkedHashMap<>();
        changes.put("nothing", ledger -> { });
        changes.put("a refused transfer, which has a sequence", ledger -> ledger.send(transfer(0, 1, 2, 1)));
        changes.put("an account", ledger -> ledger.with(account(9)));
        changes.put("an account of another ledger", ledger -> ledger.create(account(9).ledger(978)));
        changes.put("an account of a third ledger", ledger -> ledger.create(account(9).ledger(979)));
        changes.put("a transfer", ledger -> ledger.with(transfer(50, 1, 2, 1)));
        changes.put("another id", ledger -> ledger.with(transfer(51, 1, 2, 1)));
        changes.put("another amount", ledger -> ledger.with(transfer(50, 1, 2, 2)));
        changes.put("another account", ledger -> ledger.with(transfer(50, 1, 3, 1)));
        changes.put("another time", ledger -> ledger.at(ledger.nowNs() + 5).with(transfer(50, 1, 2, 1)));
        changes.put("a pending transfer", ledger -> ledger.with(pending(50, 1, 2, 1)));
        changes.put("one that expires", ledger -> ledger.with(pending(50, 1, 2, 1).timeout(1_000)));
        changes.put("one that expires later", ledger -> ledger.with(pending(50, 1, 2, 1).timeout(1_001)));
        changes.put("a release", LedgerFixture::expireNext);
        changes.put("a spent id", ledger -> ledger.send(transfer(50, 3, 1, 51)));
        changes.put("another spent id", ledger -> ledger.send(transfer(51, 3, 1, 51)));
        changes.put("a definition", ledger -> ledger.define(978, 2, "EUR"));
        changes.put("another code", ledger -> ledger.define(978, 2, "EUX"));
        changes.put("another scale", ledger -> ledger.define(978, 3, "EUR"));
        changes.put("a definition again", ledger -> ledger.define(840, 3, "USD"));
        changes.forEach((name, change) ->
        {
            try (LedgerFixture ledger = everything())
            {
                change.accept(ledger);
                assertNull(seen.put(digest(ledger), name), () -> name + " has the digest of another state");
            }
        });
    }
}

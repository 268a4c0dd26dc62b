package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.replay.BookAccount;
import io.seriatim.replay.Movement;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Plain text accounting, as hledger and ledger read it: a transaction for a movement, which asserts the balances after
 * it. Debits are above zero, credits below. A part that does not begin with the books has a transaction in front that
 * brings what its accounts held then.
 * <p>
 * Threads: confined to one.
 */
final class PlainTextExport extends TextExport
{
    private static final String WORD = "[A-Za-z]+";
    private static final String POSTED = ":posted";
    private static final String HELD = ":held";

    private boolean isOpen;

    PlainTextExport(final ExportPart part, final ExportOutput out, final Genesis genesis) throws IOException
    {
        super(part, out);
        isOpen = out.nextSequence() > 0;
        out.head(
            "; Exported by seriatim from " + genesis.origin() + ", log " + genesis.logUuid() + "\n" +
            "; Debits are above zero, credits below. What is held by pending transfers lies in :held.\n" +
            "; leaf is SHA-256(0x00 || entry), the hash under which the entry is in the Merkle tree.\n\n");
    }

    /** An assertion holds if all that came since the first one is there. */
    @Override
    boolean isGapless()
    {
        return isOpen;
    }

    @Override
    void writeMovement(final Movement movement, final BookAccount debit, final BookAccount credit) throws IOException
    {
        // In the order of the books days never go back, as balances are asserted day by day.
        final LocalDate date = dayOf(newestTimestampNs());
        final LocalDate day = dayOf(movement.timestampNs());
        out().day(date, movement.sequence());
        if (!isOpen)
        {
            open(movement, date);
            isOpen = true;
        }
        final StringBuilder text = new StringBuilder();
        text.append(date).append(" (").append(movement.sequence()).append(") ")
            .append(movement.kind().name().toLowerCase(Locale.ROOT)).append("  ; seq:").append(movement.sequence())
            .append(", id:").append(movement.transferId()).append(", code:").append(movement.code())
            .append(day.equals(date) ? "" : ", booked:" + day).append(", leaf:").append(leafText()).append('\n');
        final BigInteger posted = movement.posted();
        final BigInteger pending = movement.pending();
        if (posted.signum() != 0 || pending.signum() == 0)
        {
            post(text, debit, POSTED, posted, posted(debit));
            post(text, credit, POSTED, posted.negate(), posted(credit));
        }
        if (pending.signum() != 0)
        {
            post(text, debit, HELD, pending, held(debit));
            post(text, credit, HELD, pending.negate(), held(credit));
        }
        record(text.append('\n').toString());
    }

    /** What accounts held before the first movement, a transaction for each ledger: each comes to zero by itself. */
    private void open(final Movement first, final LocalDate date) throws IOException
    {
        final Set<Integer> ledgers = new TreeSet<>(Integer::compareUnsigned);
        for (final BookAccount account : books().accounts())
        {
            if (part().isOf(account.ledger()))
            {
                ledgers.add(account.ledger());
            }
        }
        for (final int ledger : ledgers)
        {
            boolean isBegun = false;
            for (final BookAccount account : books().accounts())
            {
                if (account.ledger() == ledger)
                {
                    final StringBuilder text = new StringBuilder();
                    final BigInteger sign = signOf(account, first);
                    final BigInteger posted = posted(account).subtract(sign.multiply(first.posted()));
                    final BigInteger held = held(account).subtract(sign.multiply(first.pending()));
                    if (posted.signum() != 0)
                    {
                        post(text, account, POSTED, posted, posted);
                    }
                    if (held.signum() != 0)
                    {
                        post(text, account, HELD, held, held);
                    }
                    if (text.length() > 0)
                    {
                        out().write((isBegun ? "" : date + " opening balances\n") + text);
                        isBegun = true;
                    }
                }
            }
            out().write(isBegun ? "\n" : "");
        }
    }

    /** By which sign a movement is in what an account holds. */
    private static BigInteger signOf(final BookAccount account, final Movement movement)
    {
        return account.id().equals(movement.debitAccountId()) ? BigInteger.ONE :
            account.id().equals(movement.creditAccountId()) ? BigInteger.ONE.negate() : BigInteger.ZERO;
    }

    private static LocalDate dayOf(final long timestampNs)
    {
        return LocalDate.ofInstant(Instant.EPOCH.plusNanos(timestampNs), ZoneOffset.UTC);
    }

    private static BigInteger posted(final BookAccount account)
    {
        return account.debitsPosted().subtract(account.creditsPosted());
    }

    private static BigInteger held(final BookAccount account)
    {
        return account.debitsPending().subtract(account.creditsPending());
    }

    private void post(
        final StringBuilder text,
        final BookAccount account,
        final String leafName,
        final BigInteger amount,
        final BigInteger balance)
    {
        // Neither of the two reads these in a name, however it is quoted.
        final String asset = asset(account.ledger()).replaceAll("[\";]", "_");
        final String commodity = asset.matches(WORD) ? asset : "\"" + asset + "\"";
        text.append("    ledger-").append(Integer.toUnsignedString(account.ledger())).append(":account-")
            .append(account.id()).append(leafName).append("  ").append(amount(amount, account.ledger()))
            .append(' ').append(commodity).append(" = ").append(amount(balance, account.ledger())).append(' ')
            .append(commodity).append('\n');
    }
}

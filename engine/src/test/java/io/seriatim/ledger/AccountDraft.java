package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.function.Consumer;

/** A command to create an account, written down field by field. It begins as one that lacks nothing. */
final class AccountDraft
{
    private final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
    private final AccountRecordEncoder encoder = new AccountRecordEncoder().wrap(record, 0);
    private final AccountRecordDecoder decoder = new AccountRecordDecoder().wrap(record, 0);

    private AccountDraft()
    {
    }

    /** An account in the fixture's ledger, without flags. */
    static AccountDraft account(final long id)
    {
        return new AccountDraft().id(0, id).ledger(LedgerFixture.LEDGER).code(LedgerFixture.CODE);
    }

    AccountDraft id(final long high, final long low)
    {
        return with(a -> a.idHigh(high).idLow(low));
    }

    AccountDraft ledger(final long ledger)
    {
        return with(a -> a.ledger(ledger));
    }

    AccountDraft code(final int code)
    {
        return with(a -> a.code(code));
    }

    /** Set one more flag. */
    AccountDraft flag(final int flag)
    {
        return with(a -> a.flags(decoder.flags() | flag));
    }

    AccountDraft linked()
    {
        return flag(AccountFlags.LINKED);
    }

    AccountDraft imported(final long timestampNs)
    {
        return flag(AccountFlags.IMPORTED).with(a -> a.timestampNs(timestampNs));
    }

    /** Set any other field. */
    AccountDraft with(final Consumer<AccountRecordEncoder> fields)
    {
        fields.accept(encoder);
        return this;
    }

    AccountRecordDecoder command()
    {
        return decoder;
    }

    @Override
    public String toString()
    {
        return decoder.toString();
    }
}

package io.seriatim.engine;

import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;

/**
 * The rule behind each outcome, in a sentence for people.
 */
final class RuleTexts
{
    private RuleTexts()
    {
    }

    static String of(final AccountOutcome outcome)
    {
        return switch (outcome)
        {
            case LINKED_EVENT_CHAIN_OPEN ->
                "The chain that this event opens or continues is not closed: it is the last event of the request.";
            case LINKED_EVENT_FAILED -> "Another event of the chain was refused.";
            case IMPORTED_EVENT_EXPECTED -> "The first event of the request is imported, this one is not.";
            case IMPORTED_EVENT_NOT_EXPECTED -> "The first event of the request is not imported, this one is.";
            case TIMESTAMP_MUST_BE_ZERO -> "Only imported events may carry a timestamp.";
            case IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE -> "The timestamp is 0 or above 2^63-1.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE -> "The timestamp is not before the batch timestamp.";
            case RESERVED_FIELD -> "The reserved field is not 0.";
            case RESERVED_FLAG -> "A flag bit from 6 to 15 is set.";
            case ID_MUST_NOT_BE_ZERO -> "The id is 0.";
            case ID_MUST_NOT_BE_INT_MAX -> "The id is 2^128-1.";
            case EXISTS_WITH_DIFFERENT_FLAGS ->
                "The id is taken by an account whose flags, the current closed bit included, differ.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_128 -> "The id is taken by an account with another user_data_128.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_64 -> "The id is taken by an account with another user_data_64.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_32 -> "The id is taken by an account with another user_data_32.";
            case EXISTS_WITH_DIFFERENT_LEDGER -> "The id is taken by an account of another ledger.";
            case EXISTS_WITH_DIFFERENT_CODE -> "The id is taken by an account with another code.";
            case EXISTS -> "The same account is there already.";
            case FLAGS_ARE_MUTUALLY_EXCLUSIVE -> "Both limit flags are set.";
            case DEBITS_PENDING_MUST_BE_ZERO -> "A new account has no balance.";
            case DEBITS_POSTED_MUST_BE_ZERO -> "A new account has no balance.";
            case CREDITS_PENDING_MUST_BE_ZERO -> "A new account has no balance.";
            case CREDITS_POSTED_MUST_BE_ZERO -> "A new account has no balance.";
            case LEDGER_MUST_NOT_BE_ZERO -> "The ledger is 0.";
            case CODE_MUST_NOT_BE_ZERO -> "The code is 0.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS ->
                "The timestamp is not after that of every account, or is that of a transfer.";
            case CREATED -> "The account was created.";
        };
    }

    static String of(final TransferOutcome outcome)
    {
        return switch (outcome)
        {
            case LINKED_EVENT_CHAIN_OPEN ->
                "The chain that this event opens or continues is not closed: it is the last event of the request.";
            case LINKED_EVENT_FAILED -> "Another event of the chain was refused.";
            case IMPORTED_EVENT_EXPECTED -> "The first event of the request is imported, this one is not.";
            case IMPORTED_EVENT_NOT_EXPECTED -> "The first event of the request is not imported, this one is.";
            case TIMESTAMP_MUST_BE_ZERO -> "Only imported events may carry a timestamp.";
            case IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE -> "The timestamp is 0 or above 2^63-1.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE -> "The timestamp is not before the batch timestamp.";
            case RESERVED_FLAG -> "A flag bit from 9 to 15 is set.";
            case ID_MUST_NOT_BE_ZERO -> "The id is 0.";
            case ID_MUST_NOT_BE_INT_MAX -> "The id is 2^128-1.";
            case EXISTS_WITH_DIFFERENT_FLAGS -> "The id is taken by a transfer with other flags.";
            case EXISTS_WITH_DIFFERENT_PENDING_ID -> "The id is taken by a transfer with another pending_id.";
            case EXISTS_WITH_DIFFERENT_TIMEOUT -> "The id is taken by a transfer with another timeout.";
            case EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID -> "The id is taken by a transfer from another debit account.";
            case EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID -> "The id is taken by a transfer to another credit account.";
            case EXISTS_WITH_DIFFERENT_AMOUNT -> "The id is taken by a transfer of another amount.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_128 -> "The id is taken by a transfer with another user_data_128.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_64 -> "The id is taken by a transfer with another user_data_64.";
            case EXISTS_WITH_DIFFERENT_USER_DATA_32 -> "The id is taken by a transfer with another user_data_32.";
            case EXISTS_WITH_DIFFERENT_LEDGER -> "The id is taken by a transfer of another ledger.";
            case EXISTS_WITH_DIFFERENT_CODE -> "The id is taken by a transfer with another code.";
            case EXISTS -> "The same transfer is there already.";
            case ID_ALREADY_FAILED -> "A transfer with this id was refused for a transient reason; the id is spent.";
            case FLAGS_ARE_MUTUALLY_EXCLUSIVE -> "Two flags exclude each other.";
            case DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO -> "The debit account's id is 0.";
            case DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX -> "The debit account's id is 2^128-1.";
            case CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO -> "The credit account's id is 0.";
            case CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX -> "The credit account's id is 2^128-1.";
            case ACCOUNTS_MUST_BE_DIFFERENT -> "Debit and credit account are one.";
            case PENDING_ID_MUST_BE_ZERO -> "Only a post or a void names a pending transfer.";
            case PENDING_ID_MUST_NOT_BE_ZERO -> "A post or a void names its pending transfer.";
            case PENDING_ID_MUST_NOT_BE_INT_MAX -> "The pending_id is 2^128-1.";
            case PENDING_ID_MUST_BE_DIFFERENT -> "The pending_id is the transfer's own id.";
            case TIMEOUT_RESERVED_FOR_PENDING_TRANSFER -> "Only a pending transfer has a timeout.";
            case CLOSING_TRANSFER_MUST_BE_PENDING -> "Only a pending transfer closes an account.";
            case LEDGER_MUST_NOT_BE_ZERO -> "The ledger is 0.";
            case CODE_MUST_NOT_BE_ZERO -> "The code is 0.";
            case DEBIT_ACCOUNT_NOT_FOUND ->
                "There is no account with the debit account's id; as that may change, the id is spent.";
            case CREDIT_ACCOUNT_NOT_FOUND ->
                "There is no account with the credit account's id; as that may change, the id is spent.";
            case ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER -> "The two accounts are of different ledgers.";
            case TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS ->
                "The accounts are of another ledger than the transfer.";
            case PENDING_TRANSFER_NOT_FOUND ->
                "There is no transfer with the pending_id; as that may change, the id is spent.";
            case PENDING_TRANSFER_NOT_PENDING -> "The transfer with the pending_id is not a pending one.";
            case PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID -> "The pending transfer has another debit account.";
            case PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID -> "The pending transfer has another credit account.";
            case PENDING_TRANSFER_HAS_DIFFERENT_LEDGER -> "The pending transfer is of another ledger.";
            case PENDING_TRANSFER_HAS_DIFFERENT_CODE -> "The pending transfer has another code.";
            case EXCEEDS_PENDING_TRANSFER_AMOUNT -> "More is to be posted or voided than is pending.";
            case PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT -> "A void is of the whole pending amount.";
            case PENDING_TRANSFER_ALREADY_POSTED -> "The pending transfer was posted before.";
            case PENDING_TRANSFER_ALREADY_VOIDED -> "The pending transfer was voided before.";
            case PENDING_TRANSFER_EXPIRED -> "The pending transfer's time is over.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS ->
                "The timestamp is not after that of every transfer, or is that of an account.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT ->
                "The timestamp is not after that of the debit account.";
            case IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT ->
                "The timestamp is not after that of the credit account.";
            case IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO -> "An imported transfer has no timeout.";
            case DEBIT_ACCOUNT_ALREADY_CLOSED -> "The debit account is closed; as that may change, the id is spent.";
            case CREDIT_ACCOUNT_ALREADY_CLOSED -> "The credit account is closed; as that may change, the id is spent.";
            case OVERFLOWS_DEBITS_PENDING -> "The debit account's pending debits would exceed 2^128-1.";
            case OVERFLOWS_CREDITS_PENDING -> "The credit account's pending credits would exceed 2^128-1.";
            case OVERFLOWS_DEBITS_POSTED -> "The debit account's posted debits would exceed 2^128-1.";
            case OVERFLOWS_CREDITS_POSTED -> "The credit account's posted credits would exceed 2^128-1.";
            case OVERFLOWS_DEBITS -> "The debit account's pending and posted debits together would exceed 2^128-1.";
            case OVERFLOWS_CREDITS -> "The credit account's pending and posted credits together would exceed 2^128-1.";
            case OVERFLOWS_TIMEOUT -> "The timeout ends after 2^63-1.";
            case EXCEEDS_CREDITS ->
                "The debit account's debits must not exceed its posted credits; as that may change, the id is spent.";
            case EXCEEDS_DEBITS ->
                "The credit account's credits must not exceed its posted debits; as that may change, the id is spent.";
            case CREATED -> "The transfer was created.";
        };
    }
}

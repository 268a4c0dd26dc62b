package io.seriatim.ledger;

/**
 * Told of the leaves under a state root, in their order.
 */
public interface StateRowHandler
{
    /** Nobody. */
    StateRowHandler NONE = new StateRowHandler()
    {
        @Override
        public void onAccount(final byte[] row, final int length)
        {
        }

        @Override
        public void onLedger(final byte[] row, final int length)
        {
        }
    };

    /**
     * The next leaf under the accounts root.
     *
     * @param row    holding it from its first byte on; it is used again.
     * @param length of it in bytes.
     */
    void onAccount(byte[] row, int length);

    /**
     * The next leaf under the ledgers root.
     *
     * @param row    holding it from its first byte on; it is used again.
     * @param length of it in bytes.
     */
    void onLedger(byte[] row, int length);
}

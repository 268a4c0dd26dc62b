/**
 * A view of accounts that may lag, kept without order, and the reconciliation that puts it right.
 * {@link io.seriatim.standings.TopAccounts} is where to start.
 * <p>
 * The view is called by any number of a feed's workers at once; the rest is confined to the thread that calls it.
 * <p>
 * Imports: {@code replay}, {@code engine} and {@code ledger}; {@code journal}, for entries and its exceptions.
 */
package io.seriatim.standings;

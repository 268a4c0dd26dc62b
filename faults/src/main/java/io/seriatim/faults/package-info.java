/**
 * Crashes, damage and lying disks on purpose, and checks of what must hold all the same: nothing that was acknowledged
 * is lost, and no damage is believed. Not part of the product.
 * <p>
 * Imports: everything below, with the tests' own classes of journal, engine and replay: the reference ledger, the
 * hostile workload, the simulated journal.
 */
package io.seriatim.faults;

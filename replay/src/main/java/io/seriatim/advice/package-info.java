/**
 * Which order something needs, and what order costs: from a description of the work ({@link
 * io.seriatim.advice.Advisor}), or from a journal, whose commands are executed in other orders ({@link
 * io.seriatim.advice.WhatIf}).
 * <p>
 * Calls come from one thread; nothing here is seen by an engine.
 * <p>
 * Imports: {@code ledger}, which executes; {@code codecs} and {@code journal}, for entries.
 */
package io.seriatim.advice;

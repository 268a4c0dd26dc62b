/**
 * The command line: everything that has a {@code main}, and the workload that the benchmarks and the scripts share.
 * It stands on top of all the other modules and nothing but the benchmarks may import it.
 * <p>
 * Imports: everything below, picocli, JLine, Jackson, a progress bar, ASCII tables, HdrHistogram,
 * Parquet and PDFBox.
 */
package io.seriatim.tools;

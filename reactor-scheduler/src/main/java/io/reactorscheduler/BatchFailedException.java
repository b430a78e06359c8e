package io.reactorscheduler;

/** How a run of a {@link Batch} fails when too many of its items failed. */
public final class BatchFailedException extends RuntimeException {

    private final transient Batch.Report report;

    /** For what became of the batch. */
    BatchFailedException(Batch.Report report) {
        super(message(report));
        this.report = report;
    }

    private static String message(Batch.Report report) {
        String first = report.firstFailures().isEmpty()
                ? ""
                : "; the first, item " + report.firstFailures().get(0).index() + ": "
                        + report.firstFailures().get(0).type() + ": "
                        + report.firstFailures().get(0).message();
        return report.failed() + " of " + report.items() + " items failed" + first;
    }

    /** What became of the batch. */
    public Batch.Report report() {
        return report;
    }
}

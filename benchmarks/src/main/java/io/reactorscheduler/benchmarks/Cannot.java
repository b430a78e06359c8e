package io.reactorscheduler.benchmarks;

/** What a subject has no means for; the message is the reason that the table shows. */
final class Cannot extends RuntimeException {

    private final String reason;

    Cannot(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}

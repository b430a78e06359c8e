package io.reactorscheduler.micrometer;

import io.micrometer.observation.transport.ReceiverContext;
import io.reactorscheduler.RunContext;
import java.util.Map;

/**
 * The context of the observation {@code reactor.scheduler.attempt}, for handlers and filters of observations.
 *
 * <p>Its carrier is the headers that travelled with the task. Low cardinality: handler, queue and, when it stops, outcome
 * (completed, failed, or cancelled, which includes attempts that timed out). High cardinality: task, execution, attempt.
 */
public final class AttemptContext extends ReceiverContext<Map<String, String>> {

    private final RunContext run;

    AttemptContext(RunContext run) {
        super((carrier, key) -> carrier.get(key));
        this.run = run;
        setCarrier(run.task().headers());
    }

    /** The run that is observed. */
    public RunContext run() {
        return run;
    }
}

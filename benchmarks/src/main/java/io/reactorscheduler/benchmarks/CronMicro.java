package io.reactorscheduler.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One next fire time of a common cron expression, by everybody who can tell. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CronMicro {

    private static final int STEPS = 1_000;
    private static final Subject NONE = () -> {};

    @Param({"every-minute", "every-5-seconds", "office-quarters", "daily", "weekdays", "monthly"})
    private String expression = "";

    @Param({"ours", "cron-utils", "spring", "quartz"})
    private String subject = "";

    private CronText text = CronWorkload.COMMON.get(0);
    private Subject opened = NONE;

    /** Opens the subject. */
    @Setup
    public void open() throws Exception {
        text = CronWorkload.COMMON.stream()
                .filter(each -> each.name().equals(expression))
                .findFirst()
                .orElseThrow();
        opened = Subjects.of(subject).open();
    }

    /** Closes the subject. */
    @TearDown
    public void close() throws Exception {
        opened.close();
    }

    /** A thousand in a row, each from the one before. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public long next() throws Exception {
        return opened.walk(text, CronWorkload.FROM, STEPS);
    }
}

package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ReactiveScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TwoNodesTest extends RedisTest {

    private static final int TASKS = 10_000;
    private static final double MOST_CALLS_PER_JOB = 0.1;

    @Test
    void twoNodesRunManyTasksOnceEachAlthoughOneStopsHalfWay() {
        Nodes nodes = use(new Nodes(this::builder));
        nodes.save(TASKS);
        ReactiveScheduler one = nodes.node("one");
        ReactiveScheduler two = nodes.node("two");
        long before = calls();

        one.start();
        two.start();
        nodes.awaitRuns(TASKS / 2);
        one.disposeGracefully(Duration.ofSeconds(5)).block(PATIENCE);
        nodes.awaitRuns(TASKS);
        double callsPerJob = (calls() - before) / (double) TASKS;

        nodes.awaitAllRecordedOnce(TASKS);
        assertThat(nodes.repeated()).isZero();
        System.out.println("calls per job: " + callsPerJob);
        assertThat(callsPerJob).as("calls per job").isLessThan(MOST_CALLS_PER_JOB);
    }

    @Test
    void nothingIsLostWhenOneStopsAtOnceHalfWay() {
        Nodes nodes = use(new Nodes(this::builder));
        nodes.save(TASKS);
        ReactiveScheduler one = nodes.node("one").start();
        nodes.node("two").start();

        nodes.awaitRuns(TASKS / 2);
        one.dispose();

        nodes.awaitAllRecordedOnce(TASKS);
    }
}

package io.reactorscheduler.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which JVMs a comparison starts, in their order, and how long that takes at most. */
final class Schedule {

    /** Of one JVM until it measures, and from then until it is gone. */
    private static final double START_SECONDS = 1;

    /** What a start takes longer where a server or a process of Node belongs to it. */
    private static final double START_REDIS_SECONDS = 1;

    private static final double START_CLUSTER_SECONDS = 5;

    private static final double START_NODE_SECONDS = 1.5;

    /** A warm-up ends with the run in which its time is over. */
    private static final double WARM_UP_FACTOR = 1.3;

    /** A slow subject runs smaller ones until it is known how much fits into the budget. */
    private static final double SEARCH_FACTOR = 2;

    /** Work a second of what is not slow, guessed low. */
    private static final double MEMORY_PER_SECOND = 800_000;

    private static final double REDIS_PER_SECOND = 10_000;

    /** What a JVM may take longer for each node that it has to start. */
    private static final long LIMIT_OF_NODE_SECONDS = 3;

    /** So many jobs on Redis it may take a second longer for. */
    private static final long JOBS_PER_LIMIT_SECOND = 15_000;

    /** So many jobs on Redis take minutes: they are done once, and by those of whom a goal is. */
    private static final long LARGE = 1_000_000;

    /**
     * One JVM, or none.
     *
     * @param of what is measured
     * @param subject who is asked
     * @param rep which repetition, from 1 on
     * @param seconds how long it may be expected to take
     * @param leftOut why nobody is asked; null when somebody is
     */
    record Turn(
            Runner.Case of,
            Subjects subject,
            int rep,
            double seconds,
            @Nullable String leftOut) {}

    private Schedule() {}

    /**
     * Everything once, then what the goals need again, and at last what others do in further cases of which no goal is: when
     * time runs out, that is missing first. In quick mode, about what takes minutes, and about servers that write a file or
     * are a cluster, others than ours are only asked where a goal names them.
     */
    static List<Turn> of(List<Runner.Case> cases, List<Subjects> subjects, Runner.Plan plan) {
        List<Turn> turns = new ArrayList<>();
        List<Turn> last = new ArrayList<>();
        for (int rep = 1; rep <= plan.reps(); rep++) {
            for (Runner.Case of : cases) {
                for (Subjects subject : subjects) {
                    boolean isAgain = rep > 1;
                    if (subject.meets(of.workload()) && !(isAgain && isOnce(of, cases, subject, plan))) {
                        String leftOut = leftOut(of, subject, plan);
                        (isLast(of, cases, subject, plan) ? last : turns)
                                .add(new Turn(
                                        of, subject, rep, leftOut == null ? seconds(of, subject, plan) : 0, leftOut));
                    }
                }
            }
        }
        turns.addAll(last);
        return turns;
    }

    private static boolean isLast(Runner.Case of, List<Runner.Case> cases, Subjects subject, Runner.Plan plan) {
        return plan.isCompare()
                && isExtra(of, subject)
                && cases.stream()
                        .filter(each -> each.workload() == of.workload())
                        .findFirst()
                        .filter(of::equals)
                        .isEmpty();
    }

    private static boolean isOnce(Runner.Case of, List<Runner.Case> cases, Subjects subject, Runner.Plan plan) {
        return plan.isCompare() && (isLarge(of) || !Goals.need(of, cases, subject));
    }

    private static @Nullable String leftOut(Runner.Case of, Subjects subject, Runner.Plan plan) {
        if (!plan.isCompare() || !isExtra(of, subject)) {
            return null;
        }
        if (plan.isQuick()) {
            return "with --quick";
        }
        if (isRedis(of) && !Place.isPlain(of.params())) {
            return "with a file or on the cluster, as no goal names it";
        }
        return isLarge(of) ? "as it takes minutes" : null;
    }

    /** Whether no goal is about it. */
    private static boolean isExtra(Runner.Case of, Subjects subject) {
        return !subject.isOurs() && !Goals.name(of.workload(), subject);
    }

    private static boolean isLarge(Runner.Case of) {
        return isRedis(of) && of.params().work() >= LARGE;
    }

    private static double seconds(Runner.Case of, Subjects subject, Runner.Plan plan) {
        Params params = plan.isWhole() ? of.params() : of.params().scaled(subject.share());
        boolean isRedis = isRedis(of);
        double work = subject.isSlow() && params.isOnlyWork() && plan.budgetSeconds(of.workload()) > 0
                ? SEARCH_FACTOR * plan.budgetSeconds(of.workload())
                : params.work() / (isRedis ? REDIS_PER_SECOND : MEMORY_PER_SECOND);
        double nodes = params.asMap().getOrDefault("nodes", 0L) * START_NODE_SECONDS;
        double start = START_SECONDS
                + (isRedis ? START_REDIS_SECONDS : 0)
                + (isRedis && Place.isCluster(params) ? START_CLUSTER_SECONDS : 0)
                + nodes;
        double all = start + WARM_UP_FACTOR * plan.warmUpSeconds() + params.waitSeconds() + work;
        return Math.min((double) limitSeconds(of, plan), all);
    }

    /** After which a JVM is ended. */
    static long limitSeconds(Runner.Case of, Runner.Plan plan) {
        return plan.limitSeconds()
                + LIMIT_OF_NODE_SECONDS * of.params().asMap().getOrDefault("nodes", 0L)
                + (isRedis(of) ? of.params().work() / JOBS_PER_LIMIT_SECOND : 0);
    }

    private static boolean isRedis(Runner.Case of) {
        return of.workload().field() == Field.REDIS;
    }
}

package io.reactorscheduler.proof;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Does faults, each from its beginning to its end. */
final class Faults {

    private static final Duration WRONG_CLOCK = Duration.ofMinutes(10);
    private static final Duration A_MOMENT = Duration.ofMillis(300);
    private static final int DROPS = 4;

    private final Arena arena;
    private final Random random;
    private final Object calls;

    /** @param calls held by whoever calls the store, so that nothing is acknowledged just before a replica takes over */
    Faults(Arena arena, Random random, Object calls) {
        this.arena = arena;
        this.random = random;
        this.calls = calls;
    }

    void strike(Fault fault) {
        switch (fault) {
            case KILL -> kill(Fault.KILL, Duration.ZERO);
            case CLOCK -> kill(Fault.CLOCK, random.nextBoolean() ? WRONG_CLOCK : WRONG_CLOCK.negated());
            case FREEZE -> freeze();
            case ROLLING_RESTART -> rollingRestart();
            case PARTITION -> partition();
            case DELAY -> delay();
            case DROPPED_REPLIES -> dropReplies();
            case REDIS_CRASH -> crash();
            case MEMORY -> memory();
        }
    }

    private Worker any() {
        List<Worker> workers = arena.workers();
        return workers.get(random.nextInt(workers.size()));
    }

    private Duration upTo(Duration most) {
        return Duration.ofMillis(random.nextLong(most.toMillis()));
    }

    /** A time longer than a lease. */
    private Duration overTheLease() {
        return RoundSettings.LEASE.plus(A_MOMENT).plus(upTo(Duration.ofSeconds(1)));
    }

    private void kill(Fault fault, Duration skewOfNext) {
        Worker worker = any();
        long from = Line.now();
        worker.kill();
        arena.struck(fault, worker, from);
        arena.gone(worker);
        Pause.of(upTo(A_MOMENT));
        arena.start(skewOfNext);
    }

    private void freeze() {
        Worker worker = any();
        long from = Line.now();
        worker.freeze();
        Pause.of(overTheLease());
        worker.thaw();
        arena.struck(Fault.FREEZE, worker, from);
    }

    private void rollingRestart() {
        for (Worker worker : arena.workers()) {
            arena.start(Duration.ZERO);
            arena.awaitReady();
            long from = Line.now();
            worker.stop();
            arena.struck(Fault.ROLLING_RESTART, worker, from);
            arena.gone(worker);
        }
    }

    private void partition() {
        Worker worker = any();
        FaultProxy proxy = arena.proxyOf(worker);
        long from = Line.now();
        proxy.partition();
        Pause.of(overTheLease());
        proxy.heal();
        arena.struck(Fault.PARTITION, worker, from);
    }

    private void delay() {
        Worker worker = any();
        FaultProxy proxy = arena.proxyOf(worker);
        long from = Line.now();
        proxy.delay(Duration.ofMillis(50 + random.nextInt(250)));
        Pause.of(A_MOMENT.plus(upTo(Duration.ofSeconds(2))));
        proxy.heal();
        arena.struck(Fault.DELAY, worker, from);
    }

    private void dropReplies() {
        for (int i = 0; i < DROPS; i++) {
            Worker worker = any();
            FaultProxy proxy = arena.proxyOf(worker);
            long from = Line.now();
            proxy.dropReplies();
            Pause.of(Duration.ofMillis(50 + random.nextInt(200)));
            proxy.heal();
            proxy.reset();
            arena.struck(Fault.DROPPED_REPLIES, worker, from);
            Pause.of(A_MOMENT);
        }
    }

    private void crash() {
        long from;
        if (arena.servers().losesWrites()) {
            synchronized (calls) {
                Pause.of(A_MOMENT);
                from = Line.now();
                arena.servers().crash(random);
            }
        } else {
            from = Line.now();
            arena.servers().crash(random);
        }
        arena.struck(Fault.REDIS_CRASH, null, from);
        arena.servers().mend();
    }

    private void memory() {
        long from = Line.now();
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
        }
        Pause.of(A_MOMENT.plus(upTo(Duration.ofSeconds(1))));
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            redis.command("CONFIG", "SET", "maxmemory", "0");
        }
        arena.struck(Fault.MEMORY, null, from);
    }
}

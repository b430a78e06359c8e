package io.reactorscheduler.proof;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Does faults, each from its beginning to its end, several at once where it is asked for. */
final class Faults {

    private static final Duration WRONG_CLOCK = Duration.ofMinutes(10);
    private static final Duration A_MOMENT = Duration.ofMillis(300);
    private static final int DROPS = 4;

    private final Arena arena;
    private final Random random;
    private final Object calls;
    private final Set<Worker> taken = new HashSet<>();

    /** @param calls held by whoever calls the store, so that nothing is acknowledged just before a replica takes over */
    Faults(Arena arena, Random random, Object calls) {
        this.arena = arena;
        this.random = random;
        this.calls = calls;
    }

    /** Begins all of them at once, each on a node of its own as far as there are enough; returns when all are over. */
    void strike(List<Fault> together) {
        List<CompletableFuture<Void>> strikes = new ArrayList<>();
        for (Fault fault : together) {
            // each draws from a source of its own, so that a seed says the same whatever comes first
            Random own = new Random(random.nextLong());
            strikes.add(CompletableFuture.runAsync(
                    () -> strike(fault, own), work -> new Thread(work, fault.name()).start()));
        }
        strikes.forEach(CompletableFuture::join);
    }

    private void strike(Fault fault, Random own) {
        switch (fault) {
            case KILL -> kill(Fault.KILL, Duration.ZERO, own);
            case CLOCK -> kill(Fault.CLOCK, wrongClock(own), own);
            case CLOCK_STEP -> stepClock(own);
            case FREEZE -> freeze(own);
            case ROLLING_RESTART -> rollingRestart();
            case PARTITION -> partition(own);
            case DELAY -> delay(own);
            case DROPPED_REPLIES -> dropReplies(own);
            case REDIS_CRASH -> crash(own);
            case MEMORY -> memory(own);
            case DISK_FULL -> fillDisk(own);
        }
    }

    private static Duration wrongClock(Random own) {
        return own.nextBoolean() ? WRONG_CLOCK : WRONG_CLOCK.negated();
    }

    /** Any node, rather one that nothing is done to. */
    private synchronized Worker take(Random own) {
        List<Worker> all = arena.workers();
        List<Worker> free =
                all.stream().filter(worker -> !taken.contains(worker)).toList();
        List<Worker> from = free.isEmpty() ? all : free;
        Worker worker = from.get(own.nextInt(from.size()));
        taken.add(worker);
        return worker;
    }

    private synchronized void giveBack(Fault fault, Worker worker, long from) {
        arena.struck(fault, worker, from);
        taken.remove(worker);
    }

    private static Duration upTo(Duration most, Random own) {
        return Duration.ofMillis(own.nextLong(most.toMillis()));
    }

    /** A time longer than a lease. */
    private static Duration overTheLease(Random own) {
        return RoundSettings.LEASE.plus(A_MOMENT).plus(upTo(Duration.ofSeconds(1), own));
    }

    private void kill(Fault fault, Duration skewOfNext, Random own) {
        Worker worker = take(own);
        arena.gone(worker);
        long from = Line.now();
        worker.kill();
        giveBack(fault, worker, from);
        Pause.of(upTo(A_MOMENT, own));
        arena.start(skewOfNext);
    }

    private void stepClock(Random own) {
        Worker worker = take(own);
        long from = Line.now();
        worker.setClock(wrongClock(own));
        Pause.of(overTheLease(own));
        if (own.nextInt(3) > 0) {
            worker.setClock(Duration.ZERO);
        }
        giveBack(Fault.CLOCK_STEP, worker, from);
    }

    private void freeze(Random own) {
        Worker worker = take(own);
        long from = Line.now();
        worker.freeze();
        Pause.of(overTheLease(own));
        worker.thaw();
        giveBack(Fault.FREEZE, worker, from);
    }

    private void rollingRestart() {
        for (Worker worker : arena.workers()) {
            arena.start(Duration.ZERO);
            arena.awaitReady();
            if (arena.gone(worker)) {
                long from = Line.now();
                worker.stop();
                arena.struck(Fault.ROLLING_RESTART, worker, from);
            }
        }
    }

    private void partition(Random own) {
        Worker worker = take(own);
        FaultProxy proxy = arena.proxyOf(worker);
        long from = Line.now();
        proxy.partition();
        Pause.of(overTheLease(own));
        proxy.heal();
        giveBack(Fault.PARTITION, worker, from);
    }

    private void delay(Random own) {
        Worker worker = take(own);
        FaultProxy proxy = arena.proxyOf(worker);
        long from = Line.now();
        proxy.delay(Duration.ofMillis(50 + own.nextInt(250)));
        Pause.of(A_MOMENT.plus(upTo(Duration.ofSeconds(2), own)));
        proxy.heal();
        giveBack(Fault.DELAY, worker, from);
    }

    private void dropReplies(Random own) {
        for (int i = 0; i < DROPS; i++) {
            Worker worker = take(own);
            List<FaultProxy> ways = List.of(arena.proxyOf(worker), arena.proxyOfCalls());
            long from = Line.now();
            ways.forEach(FaultProxy::dropReplies);
            Pause.of(Duration.ofMillis(50 + own.nextInt(200)));
            ways.forEach(FaultProxy::heal);
            ways.forEach(FaultProxy::reset);
            giveBack(Fault.DROPPED_REPLIES, worker, from);
            Pause.of(A_MOMENT);
        }
    }

    private void crash(Random own) {
        long from;
        Partitions hit;
        if (arena.servers().losesWrites()) {
            synchronized (calls) {
                Pause.of(A_MOMENT);
                from = Line.now();
                hit = arena.servers().crash(own);
            }
        } else {
            from = Line.now();
            hit = arena.servers().crash(own);
        }
        arena.crashed(from, hit);
        arena.servers().mend();
    }

    private void memory(Random own) {
        long from = Line.now();
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
        }
        Pause.of(A_MOMENT.plus(upTo(Duration.ofSeconds(1), own)));
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            redis.command("CONFIG", "SET", "maxmemory", "0");
        }
        arena.struck(Fault.MEMORY, null, from);
    }

    private void fillDisk(Random own) {
        long from = Line.now();
        arena.servers().fillDisk(own);
        arena.struck(Fault.DISK_FULL, null, from);
    }
}

package io.reactorscheduler.proof;

import io.reactorscheduler.IfExists;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.Task;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What there is to do in a round, and what was promised about it: one-shot, fixed-rate and cron tasks, all overlap and
 * misfire rules, retries in the slot and out of it, long runs that live on renewals; and while faults go on more of it,
 * triggers, cancels and resizes.
 */
final class Workload {

    private static final Duration LEAD = Duration.ofSeconds(3);
    private static final Duration FAR = Duration.ofHours(2);
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(25);
    private static final int HOSTS = 3;

    /** How late the fire times of a task may be that skips late ones; others may be later. */
    static final Duration TOLERANCE = Duration.ofMillis(500);

    /** One of so many cancels; others hit tasks that run once. */
    private static final int TIMELINES_CANCELLED = 10;

    private static final long MICROS_PER_SECOND = TimeUnit.SECONDS.toMicros(1);

    private final ReactiveScheduler scheduler;
    private final Random random;
    private final long startMicros;
    private final long windowMicros;
    private final int load;
    private final Map<String, Planned> planned = new ConcurrentHashMap<>();
    /** When the store said that it has a task, in epoch microseconds. */
    private final Map<String, Long> saved = new ConcurrentHashMap<>();

    /** When it said that it has an execution that was asked for. */
    private final Map<String, Long> asked = new ConcurrentHashMap<>();

    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger number = new AtomicInteger();

    Workload(ReactiveScheduler scheduler, RoundSettings settings) {
        this.scheduler = scheduler;
        this.random = new Random(settings.seed());
        this.load = settings.load();
        this.windowMicros = Line.micros(settings.window());
        // the first call is slow
        scheduler.stats().block(Waiting.PATIENCE);
        // whole seconds, as cron has them
        this.startMicros = (Line.now() + Line.micros(LEAD)) / MICROS_PER_SECOND * MICROS_PER_SECOND + MICROS_PER_SECOND;
    }

    /** When the last fire time has come. */
    Instant end() {
        return instant(startMicros + windowMicros);
    }

    List<Planned> planned() {
        return List.copyOf(planned.values());
    }

    Set<String> asked() {
        return Set.copyOf(asked.keySet());
    }

    /** How many triggers nobody knows anything of. */
    int unanswered() {
        return unanswered.get();
    }

    /** What was acknowledged about then may be forgotten. */
    void doubt(long fromMicros, long toMicros) {
        saved.forEach((id, at) -> {
            if (at > fromMicros && at < toMicros) {
                planned.computeIfPresent(id, (same, known) -> known.unsure());
            }
        });
        planned.replaceAll((id, task) -> task.haltDoubted(fromMicros, toMicros));
        asked.forEach((execution, at) -> {
            if (at > fromMicros && at < toMicros && asked.remove(execution) != null) {
                unanswered.incrementAndGet();
            }
        });
    }

    /** How many tasks wait for ever, to be triggered. */
    static int hosts() {
        return HOSTS;
    }

    // ---- what is saved before anything breaks

    void saveAll() {
        List<Task<Work, String>> tasks = new ArrayList<>();
        for (int i = 0; i < load; i++) {
            for (Overlap overlap : overlaps()) {
                tasks.add(repeating(overlap, Misfire.once(), skippedBy(overlap)));
            }
            tasks.add(repeating(Overlap.sequential(), Misfire.once(), skippedBy(Overlap.sequential())));
            for (Misfire misfire : List.of(Misfire.skip(TOLERANCE), Misfire.all(Duration.ofSeconds(3), 5))) {
                tasks.add(repeating(Overlap.sequential(), misfire, EnumSet.of(Reason.TOO_LATE, Reason.OVERLAPPED)));
            }
            tasks.add(cron());
            for (int j = 0; j < 20; j++) {
                tasks.add(once(startMicros + random.nextLong(windowMicros)));
            }
            for (int j = 0; j < 4; j++) {
                tasks.add(longRun());
            }
        }
        for (int i = 0; i < HOSTS; i++) {
            tasks.add(host(i));
        }
        scheduler.scheduleAll(Flux.fromIterable(tasks)).then().block(Waiting.PATIENCE);
        long now = Line.now();
        planned.keySet().forEach(id -> saved.put(id, now));
        if (now > startMicros) {
            // on a busy machine: a timeline begins at the first fire time after its save
            planned.replaceAll((id, task) -> task.owedFrom(now));
        }
    }

    private static List<Overlap> overlaps() {
        return List.of(
                Overlap.sequential(),
                Overlap.sequential(4),
                Overlap.skip(),
                Overlap.parallel(3),
                Overlap.cancelRunning());
    }

    /** Why fire times do not run, besides that the latest of several late ones does. */
    private static Set<Reason> skippedBy(Overlap overlap) {
        if (!overlap.overlaps()) {
            return EnumSet.of(Reason.LATER, Reason.OVERLAPPED);
        }
        return overlap.equals(Overlap.cancelRunning())
                ? EnumSet.of(Reason.LATER, Reason.CANCELLED, Reason.SUPERSEDED)
                : EnumSet.of(Reason.LATER, Reason.BOUND);
    }

    private Task<Work, String> repeating(Overlap overlap, Misfire misfire, Set<Reason> reasons) {
        long period = TimeUnit.MILLISECONDS.toMicros(250 + 50 * random.nextInt(6));
        int count = (int) (windowMicros / period);
        // some runs take longer than their period
        int millis = random.nextInt(4) == 0 ? 400 : random.nextInt(60);
        String id = "every-" + number.incrementAndGet();
        plan(new Planned(
                id, Planned.Kind.NORMAL, startMicros, period, count, !overlap.overlaps(), true, startMicros, reasons));
        return task(id, new Work(millis, 0))
                .trigger(Trigger.every(Duration.ofNanos(period * 1_000))
                        .startAt(instant(startMicros))
                        .endAt(instant(startMicros + (count - 1) * period)))
                .overlap(overlap)
                .misfire(misfire);
    }

    private Task<Work, String> cron() {
        int count = (int) (windowMicros / MICROS_PER_SECOND);
        String id = "cron-" + number.incrementAndGet();
        plan(new Planned(
                id,
                Planned.Kind.NORMAL,
                startMicros,
                MICROS_PER_SECOND,
                count,
                true,
                true,
                startMicros,
                skippedBy(Overlap.sequential())));
        return task(id, new Work(random.nextInt(50), 0))
                .trigger(Trigger.cron("* * * * * *")
                        .startAt(instant(startMicros))
                        .endAt(instant(startMicros + (count - 1) * MICROS_PER_SECOND)));
    }

    private Task<Work, String> once(long fireMicros) {
        int failures = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
        // the first delay is waited for in the slot, the second one frees it
        RetryPolicy retry = RetryPolicy.exponential(3, Duration.ofMillis(60)).jitter(0.1);
        String id = "once-" + number.incrementAndGet();
        planOnce(id, Planned.Kind.NORMAL, fireMicros);
        return task(id, new Work(random.nextInt(80), failures))
                .at(instant(fireMicros))
                .retry(retry);
    }

    /** Longer than a lease, so that it ends only if that is renewed. */
    private Task<Work, String> longRun() {
        long fire = startMicros + random.nextLong(windowMicros);
        int millis = (int) (RoundSettings.LEASE.toMillis() * (1.1 + random.nextDouble() / 2));
        String id = "long-" + number.incrementAndGet();
        planOnce(id, Planned.Kind.NORMAL, fire);
        return task(id, new Work(millis, 0)).at(instant(fire)).queue(Work.SLOW);
    }

    private Task<Work, String> host(int which) {
        long fire = startMicros + Line.micros(FAR);
        planOnce(hostId(which), Planned.Kind.TRIGGERED, fire);
        return task(hostId(which), new Work(20, 0)).at(instant(fire));
    }

    private static String hostId(int which) {
        return "host-" + which;
    }

    private Task<Work, String> task(String id, Work work) {
        return Work.HANDLER
                .task(work)
                .id(id)
                .queue(Work.FAST)
                .priority(random.nextInt(3))
                .ifExists(IfExists.FAIL);
    }

    /** Nothing skips what runs once. */
    private void planOnce(String id, Planned.Kind kind, long fire) {
        plan(new Planned(id, kind, fire, 0, 1, true, true, fire, Set.of()));
    }

    private void plan(Planned task) {
        planned.put(task.id(), task);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND),
                TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, MICROS_PER_SECOND)));
    }

    // ---- what is done while things break

    /** Calls until the window is over; each call holds the lock, so that whoever has it sees none under way. */
    void keepCalling(Object lock) {
        while (Line.now() < startMicros + windowMicros) {
            synchronized (lock) {
                call();
            }
            Pause.of(BETWEEN_CALLS);
        }
    }

    private void call() {
        int choice = random.nextInt(10);
        if (choice < 5) {
            saveOne();
        } else if (choice < 7) {
            String host = hostId(random.nextInt(HOSTS));
            if (!told(scheduler.trigger(host).doOnNext(execution -> asked.put(execution, Line.now())))) {
                unanswered.incrementAndGet();
            }
        } else if (choice < 9) {
            cancelOne();
        } else {
            told(scheduler.resizeQueue(Work.FAST, 16 + random.nextInt(32)));
        }
    }

    private void saveOne() {
        Task<Work, String> task = once(Line.now() + random.nextLong(MICROS_PER_SECOND));
        String name = String.valueOf(task.id());
        if (told(scheduler.schedule(task))) {
            saved.put(name, Line.now());
        } else {
            planned.computeIfPresent(name, (id, known) -> known.unsure());
        }
    }

    /** Before it starts, while it runs or after it has ended; a timeline now and then. */
    private void cancelOne() {
        boolean isTimeline = random.nextInt(TIMELINES_CANCELLED) == 0;
        List<String> candidates = planned.values().stream()
                .filter(task -> task.kind() == Planned.Kind.NORMAL && task.isSure())
                .filter(task -> isTimeline == task.periodMicros() > 0)
                .map(Planned::id)
                .sorted()
                .toList();
        if (candidates.isEmpty()) {
            return;
        }
        String id = candidates.get(random.nextInt(candidates.size()));
        planned.computeIfPresent(id, (same, known) -> known.cancelled(Line.now()));
        if (told(scheduler.cancel(id))) {
            planned.computeIfPresent(id, (same, known) -> known.halted(Line.now()));
        }
    }

    /** Whether the store has said so; while it is away nobody knows what came of a call. */
    private static boolean told(Mono<?> call) {
        return Boolean.TRUE.equals(call.map(done -> true)
                .onErrorReturn(false)
                .defaultIfEmpty(false)
                .block(Waiting.PATIENCE));
    }
}

package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import reactor.core.publisher.Mono;

class MemoryWaitingTest {

    private static final TaskQueue PLAIN = TaskQueue.named("q");
    private static final Comparator<MemoryTask> ORDER = Comparator.<MemoryTask>comparingInt(
                    task -> -task.record.priority())
            .thenComparingLong(task -> task.due)
            .thenComparingLong(task -> task.sequence);

    private final MemoryLane lane = MemoryFixture.lane("q");

    @Property(tries = 300)
    void tasksComeByPriorityThenDueTimeThenArrivalWhateverComesAndGoes(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 1_000) int operations,
            @ForAll @IntRange(min = 1, max = 4) int priorities) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryWaiting waiting = new MemoryWaiting();
        TreeSet<MemoryTask> model = new TreeSet<>(ORDER);
        List<MemoryTask> known = new ArrayList<>();
        Set<String> handlers = Set.of("h");
        long now = 1_000;
        for (int i = 0; i < operations; i++) {
            int what = random.nextInt(10);
            if (what < 5) {
                MemoryTask task = task("t" + i, "h", null, random.nextInt(priorities));
                task.due = now + random.nextInt(-50, 100);
                waiting.add(task, now);
                model.add(task);
                known.add(task);
            } else if (what < 6 && !known.isEmpty()) {
                MemoryTask task = known.get(random.nextInt(known.size()));
                if (model.remove(task)) {
                    waiting.remove(task);
                }
            } else if (what < 7) {
                now += random.nextInt(60);
            } else {
                long at = now;
                List<MemoryIndex> open = waiting.open(handlers, now);
                MemoryTask expected = model.stream()
                        .filter(task -> task.due <= at)
                        .findFirst()
                        .orElse(null);
                assertThat(waiting.poll(open, handlers, now)).isSameAs(expected);
                if (expected != null) {
                    model.remove(expected);
                }
                long next = model.stream().mapToLong(task -> task.due).min().orElse(Position.NO_TIME);
                assertThat(waiting.nextDue(open, now)).isEqualTo(next);
            }
        }
        long at = now;
        TaskStore.QueueStats stats = waiting.stats(0, now);
        assertThat(stats.due())
                .isEqualTo(model.stream().filter(task -> task.due <= at).count());
        assertThat(stats.waiting() + stats.due()).isEqualTo(model.size());
    }

    @Property(tries = 200)
    void tasksOfUnknownHandlersAreLeftToNodesThatKnowThemInTheSameOrder(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 500) int operations) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryWaiting waiting = new MemoryWaiting();
        List<Set<String>> nodes = List.of(Set.of("a"), Set.of("b"), Set.of("a", "b", "c"));
        TreeSet<MemoryTask> model = new TreeSet<>(ORDER);
        long now = 1_000;
        for (int i = 0; i < operations; i++) {
            if (random.nextInt(2) == 0) {
                MemoryTask task = task("t" + i, List.of("a", "b", "c").get(random.nextInt(3)), null, random.nextInt(2));
                task.due = now + random.nextInt(-20, 20);
                waiting.add(task, now);
                model.add(task);
            } else {
                now += random.nextInt(10);
                long at = now;
                Set<String> handlers = nodes.get(random.nextInt(nodes.size()));
                MemoryTask expected = model.stream()
                        .filter(task -> task.due <= at && handlers.contains(task.record.handler()))
                        .findFirst()
                        .orElse(null);
                assertThat(waiting.poll(waiting.open(handlers, now), handlers, now))
                        .isSameAs(expected);
                if (expected != null) {
                    model.remove(expected);
                }
            }
        }
    }

    @Property(tries = 200)
    void limitsOfKeysAreKeptAndNothingThatMayStartIsHeldBack(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 600) int operations,
            @ForAll @IntRange(min = 1, max = 3) int concurrency) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryWaiting waiting = new MemoryWaiting();
        waiting.limits(PLAIN, PLAIN.keyConcurrency(concurrency), new MemoryActive(), 0);
        Set<String> handlers = Set.of("h");
        TreeSet<MemoryTask> model = new TreeSet<>(ORDER);
        Map<String, Integer> running = new HashMap<>();
        List<MemoryKey> held = new ArrayList<>();
        long now = 1_000;
        for (int i = 0; i < operations; i++) {
            int what = random.nextInt(10);
            if (what < 5) {
                MemoryTask task = task("t" + i, "h", "k" + random.nextInt(5), random.nextInt(2));
                task.due = now + random.nextInt(-20, 20);
                waiting.add(task, now);
                model.add(task);
            } else if (what < 7 && !held.isEmpty()) {
                MemoryKey key = held.remove(random.nextInt(held.size()));
                running.merge(key.name, -1, Integer::sum);
                waiting.free(key, now);
            } else if (what < 8 && !model.isEmpty()) {
                MemoryTask task = model.pollFirst();
                waiting.remove(task);
            } else {
                now += random.nextInt(10);
                long at = now;
                List<MemoryIndex> open = waiting.open(handlers, now);
                MemoryTask task = waiting.poll(open, handlers, now);
                List<MemoryTask> allowed = model.stream()
                        .filter(each -> each.due <= at && running.getOrDefault(each.record.key(), 0) < concurrency)
                        .toList();
                if (allowed.isEmpty()) {
                    assertThat(task).isNull();
                } else {
                    assertThat(allowed).contains(task);
                    assertThat(task.record.priority())
                            .isEqualTo(allowed.get(0).record.priority());
                    model.remove(task);
                    held.add(waiting.keyOf(task, now));
                    running.merge(task.record.key(), 1, Integer::sum);
                }
            }
        }
        TaskStore.QueueStats stats = waiting.stats(0, now);
        assertThat(stats.waiting() + stats.due()).isEqualTo(model.size());
    }

    private MemoryTask task(String id, String handler, String key, int priority) {
        Task<?, ?> settings = Task.of(handler, run -> Mono.empty()).priority(priority);
        TaskRecord record = TaskRecord.builder(id, handler)
                .settingsOf(key == null ? settings : settings.key(key))
                .build();
        MemoryTask task = new MemoryTask(record, lane, Position.at(0, 0));
        task.where = MemoryTask.OUT;
        return task;
    }
}

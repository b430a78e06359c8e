package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MemoryTablesTest {

    private final MemoryLane lane = MemoryFixture.lane("q");

    @Property(tries = 200)
    void tasksAreFoundByIdLikeInAMap(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5_000) int operations,
            @ForAll @IntRange(min = 1, max = 3_000) int keys) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryIds ids = new MemoryIds();
        TaskIds maker = new TaskIds();
        Map<String, MemoryTask> model = new HashMap<>();
        for (int i = 0; i < operations; i++) {
            int key = random.nextInt(keys);
            boolean isGenerated = key % 2 == 0;
            String id = isGenerated ? maker.text(key) : "task-" + key;
            switch (random.nextInt(3)) {
                case 0 -> {
                    TaskRecord.Builder record = isGenerated && random.nextBoolean()
                            ? TaskRecord.builder(maker, key, "h")
                            : TaskRecord.builder(id, "h");
                    MemoryTask task = new MemoryTask(record.build(), lane, Position.at(0, 0));
                    assertThat(ids.putIfAbsent(task)).isSameAs(model.putIfAbsent(id, task));
                }
                case 1 -> {
                    MemoryTask task = model.remove(id);
                    if (task != null) {
                        ids.remove(task);
                    }
                }
                default -> assertThat(ids.get(id)).isSameAs(model.get(id));
            }
        }
        List<MemoryTask> all = new ArrayList<>();
        for (int stripe = 0; stripe < ids.stripes(); stripe++) {
            all.addAll(ids.tasksOf(stripe));
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Property(tries = 200)
    void claimedExecutionsAreFoundByTheirFenceLikeInAMap(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5_000) int operations) {
        SplittableRandom random = new SplittableRandom(seed);
        MemoryTask task = new MemoryTask(TaskRecord.builder("t", "h").build(), lane, Position.at(0, 0));
        MemoryActive active = new MemoryActive();
        Map<Long, MemoryExecution> model = new HashMap<>();
        List<Long> fences = new ArrayList<>();
        long fence = 0;
        boolean grows = true;
        for (int i = 0; i < operations; i++) {
            grows = random.nextInt(50) == 0 ? !grows : grows;
            if (fences.isEmpty() || random.nextInt(4) < (grows ? 3 : 1)) {
                MemoryExecution run = new MemoryExecution(task, i);
                fence += 1 + random.nextInt(3);
                run.order = fence;
                active.add(run);
                model.put(fence, run);
                fences.add(fence);
            } else {
                long gone = fences.remove(random.nextInt(fences.size()));
                active.remove(model.remove(gone));
                assertThat(active.get(gone)).isNull();
            }
            if (!fences.isEmpty()) {
                long some = fences.get(random.nextInt(fences.size()));
                assertThat(active.get(some)).isSameAs(model.get(some));
            }
        }
        List<MemoryExecution> all = new ArrayList<>();
        active.forEach(all::add);
        assertThat(all).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(active.size()).isEqualTo(model.size());
    }
}

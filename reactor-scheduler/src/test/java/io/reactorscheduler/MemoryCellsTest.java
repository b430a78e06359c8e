package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MemoryCellsTest {

    @Property(tries = 200)
    void tasksKnowTheirExecutionsLikeALinkedListWhereverTheyGo(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5_000) int operations,
            @ForAll @IntRange(min = 1, max = 20) int tasks) {
        MemoryLane one = MemoryFixture.lane("one");
        MemoryLane other = MemoryFixture.lane("other");
        // as whoever moves a task from one queue to another does
        synchronized (one) {
            synchronized (other) {
                operate(new SplittableRandom(seed), operations, tasks, one, other);
            }
        }
    }

    private static void operate(SplittableRandom random, int operations, int tasks, MemoryLane one, MemoryLane other) {
        List<MemoryTask> known = new ArrayList<>();
        List<LinkedList<MemoryExecution>> model = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            known.add(new MemoryTask(MemoryFixture.record("t" + i), one, Position.at(0, 0)));
            model.add(new LinkedList<>());
        }
        boolean grows = true;
        int mostInOne = 0;
        int mostInOther = 0;
        for (int i = 0; i < operations; i++) {
            grows = random.nextInt(500) == 0 ? !grows : grows;
            int at = random.nextInt(tasks);
            MemoryTask task = known.get(at);
            LinkedList<MemoryExecution> runs = model.get(at);
            if (random.nextInt(20) == 0) {
                task.moveTo(task.lane == one ? other : one);
            } else if (random.nextInt(20) == 0) {
                task.more();
            } else if (runs.isEmpty() || random.nextInt(4) < (grows ? 3 : 1)) {
                if (!runs.isEmpty()) {
                    task.more();
                }
                MemoryExecution run = new MemoryExecution(task, i);
                task.add(run);
                runs.addFirst(run);
            } else {
                task.remove(runs.remove(random.nextInt(runs.size())));
            }
            assertThat(task.newest()).isSameAs(runs.peekFirst());
            assertThat(task.oldest()).isSameAs(runs.peekLast());
            mostInOne = Math.max(mostInOne, one.cells.size());
            mostInOther = Math.max(mostInOther, other.cells.size());
            // one cell is that of no execution
            assertThat(one.cells.length()).isLessThanOrEqualTo(Math.max(16, 2 * (mostInOne + 1)));
            assertThat(other.cells.length()).isLessThanOrEqualTo(Math.max(16, 2 * (mostInOther + 1)));
        }
        int all = 0;
        for (int i = 0; i < tasks; i++) {
            LinkedList<MemoryExecution> runs = model.get(i);
            assertThat(known.get(i).executions()).isEqualTo(runs);
            assertThat(known.get(i).oldest()).isSameAs(runs.peekLast());
            all += runs.size();
        }
        assertThat(one.cells.size() + other.cells.size()).isEqualTo(all);
        for (MemoryTask task : known) {
            task.executions().forEach(task::remove);
        }
        assertThat(one.cells.length()).isEqualTo(16);
        assertThat(other.cells.length()).isEqualTo(16);
    }
}

package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DueHeapTest {
    private static final class Item extends DueHeap.Node {
        final long sequence;
        long key;

        Item(long sequence) {
            this.sequence = sequence;
        }

        @Override
        long sequence() {
            return sequence;
        }

        @Override
        public String toString() {
            return "Item " + sequence;
        }
    }

    @Property(tries = 300)
    void behavesLikeASortedSetUnderAnySequenceOfOperations(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2_000) int operations,
            @ForAll @IntRange(min = 1, max = 300) int keys) {
        SplittableRandom random = new SplittableRandom(seed);
        DueHeap<Item> heap = new DueHeap<>();
        TreeSet<Item> model =
                new TreeSet<>(Comparator.<Item>comparingLong(item -> item.key).thenComparingLong(Item::sequence));
        List<Item> all = new ArrayList<>();
        boolean grows = true;
        for (int i = 0; i < operations; i++) {
            grows = random.nextInt(200) == 0 ? !grows : grows;
            int what = random.nextInt(10) + (grows ? 0 : 3);
            Item any = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
            if (what < 6 || any == null) {
                Item item = new Item(i);
                long key = random.nextInt(keys) - keys / 2L;
                item.key = key;
                all.add(item);
                model.add(item);
                heap.add(item, key);
            } else if (what < 8) {
                assertThat(heap.remove(any)).isEqualTo(model.remove(any));
            } else {
                assertThat(heap.poll()).isSameAs(model.pollFirst());
            }
            assertThat(heap.size()).isEqualTo(model.size());
            assertThat(heap.peek()).isSameAs(model.isEmpty() ? null : model.first());
            assertThat(heap.peekKey()).isEqualTo(model.isEmpty() ? DueHeap.NEVER : model.first().key);
            if (any != null) {
                assertThat(any.isQueued()).isEqualTo(model.contains(any));
            }
        }
        while (!model.isEmpty()) {
            assertThat(heap.poll()).isSameAs(model.pollFirst());
        }
        assertThat(heap.poll()).isNull();
    }

    @Test
    void equalKeysComeInOrderOfSequence() {
        DueHeap<Item> heap = new DueHeap<>();
        for (int i = 999; i >= 0; i--) {
            heap.add(new Item(i), 7);
        }
        for (int i = 0; i < 1_000; i++) {
            Item item = heap.poll();
            assertThat(item).extracting(Item::sequence).isEqualTo((long) i);
        }
    }

    @Test
    void growsByHalfThenByAnEighthAndGivesMemoryBackWhenDrained() {
        DueHeap<Item> heap = new DueHeap<>();
        for (int i = 0; i < 100_000; i++) {
            heap.add(new Item(i), i ^ 0x5555);
            int least = heap.size() <= 5_000 ? heap.size() * 3 / 2 : heap.size() * 9 / 8;
            assertThat(heap.capacity()).isLessThanOrEqualTo(Math.max(4, least + 1));
        }
        while (heap.poll() != null) {
            assertThat(heap.capacity()).isLessThanOrEqualTo(heap.size() * 64 + 64);
        }
        assertThat(heap.capacity()).isLessThanOrEqualTo(64);
    }

    @Property(tries = 20)
    void nodesAreKeptInOrderWhileMemoryIsGivenBackAndOthersComeAndGo(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DueHeap<Item> heap = new DueHeap<>();
        TreeSet<Item> model =
                new TreeSet<>(Comparator.<Item>comparingLong(item -> item.key).thenComparingLong(Item::sequence));
        List<Item> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            add(heap, model, all, random);
        }
        while (!model.isEmpty()) {
            Item any = all.get(random.nextInt(all.size()));
            int what = random.nextInt(10);
            if (what < 2) {
                add(heap, model, all, random);
            } else if (what < 5) {
                assertThat(heap.remove(any)).isEqualTo(model.remove(any));
            } else {
                assertThat(heap.poll()).isSameAs(model.pollFirst());
            }
            assertThat(any.isQueued()).isEqualTo(model.contains(any));
        }
        assertThat(heap.isEmpty()).isTrue();
        assertThat(heap.capacity()).isLessThanOrEqualTo(64);
    }

    private static void add(DueHeap<Item> heap, TreeSet<Item> model, List<Item> all, SplittableRandom random) {
        Item item = new Item(all.size());
        item.key = random.nextInt(1_000);
        all.add(item);
        model.add(item);
        heap.add(item, item.key);
    }

    @Test
    void clearingLetsNodesBeAddedAgain() {
        DueHeap<Item> heap = new DueHeap<>();
        Item item = new Item(1);
        heap.add(item, 1);
        heap.clear();

        assertThat(heap.isEmpty()).isTrue();
        assertThat(item.isQueued()).isFalse();
        heap.add(item, 2);
        assertThat(heap.peekKey()).isEqualTo(2);
    }

    @Test
    void aNodeOfAnotherHeapIsNotTouched() {
        DueHeap<Item> one = new DueHeap<>();
        DueHeap<Item> other = new DueHeap<>();
        Item item = new Item(1);
        one.add(item, 1);
        other.add(new Item(2), 1);

        assertThat(other.remove(item)).isFalse();
        assertThat(one.size()).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.add(item, 3))
                .withMessageContaining("Item 1");
    }

    @Test
    void theEndsOfLongAreOrdinaryKeys() {
        DueHeap<Item> heap = new DueHeap<>();
        heap.add(new Item(1), Long.MAX_VALUE);
        heap.add(new Item(2), Long.MIN_VALUE);
        heap.add(new Item(3), 0);

        assertThat(heap.poll()).extracting(Item::sequence).isEqualTo(2L);
        assertThat(heap.poll()).extracting(Item::sequence).isEqualTo(3L);
        assertThat(heap.poll()).extracting(Item::sequence).isEqualTo(1L);
    }
}

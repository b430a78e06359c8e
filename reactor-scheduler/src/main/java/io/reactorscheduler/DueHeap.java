package io.reactorscheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue of nodes by due time: an intrusive 4-ary min-heap.
 *
 * <p>Keys stand in a {@code long[]} of their own, so that a sift compares neighbours in one or two cache lines and follows no
 * pointers; each node knows its place, so that removing any node costs O(log n) without a search. Equal keys are ordered
 * by {@link Node#sequence()}, which is asked only then; nodes with equal key and sequence come in no particular order.
 *
 * <p>A slot takes 12 bytes with compressed references. The arrays grow by half and are halved when less than a quarter full, so a
 * full heap holds at most 18 bytes an entry and an emptied one gives its memory back.
 *
 * <p>A node is in at most one heap at a time. Not safe for several threads.
 *
 * @param <E> the type of the nodes
 */
final class DueHeap<E extends DueHeap.Node> {
    /** What {@link #peekKey()} answers when there is nothing: no due time is later. */
    static final long NEVER = Long.MAX_VALUE;

    private static final int MINIMUM_CAPACITY = 16;
    private static final int ABSENT = -1;

    private long[] keys = new long[MINIMUM_CAPACITY];
    private @Nullable Node[] nodes = new Node[MINIMUM_CAPACITY];
    private int size;

    /** An entry of a heap; extend it. */
    abstract static class Node {
        private int heapIndex = ABSENT;

        /** Orders nodes of equal key, the smaller first; must not change while the node is in a heap. */
        abstract long sequence();

        /** Whether this node is in a heap now. */
        final boolean isQueued() {
            return heapIndex != ABSENT;
        }
    }

    /** The number of nodes. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds a node that is in no heap. */
    void add(E node, long key) {
        if (node.isQueued()) {
            throw new IllegalArgumentException("node " + node + " is in a heap already; take it out first");
        }
        if (size == keys.length) {
            resize(Math.max(size + 1, (int) Math.min(Integer.MAX_VALUE - 8L, size + (long) (size >> 1))));
        }
        siftUp(size++, node, key);
    }

    /** The key of the first node, or {@link #NEVER} when there is none. */
    long peekKey() {
        return size == 0 ? NEVER : keys[0];
    }

    /** The first node, which stays; null when there is none. */
    @Nullable
    E peek() {
        return size == 0 ? null : cast(nodes[0]);
    }

    /** Takes the first node out; null when there is none. */
    @Nullable
    E poll() {
        if (size == 0) {
            return null;
        }
        E first = cast(nodes[0]);
        removeAt(0);
        return first;
    }

    boolean contains(E node) {
        int index = place(node);
        return index >= 0 && index < size && nodes[index] == node;
    }

    /** Takes a node out, wherever it stands; false when it is not in this heap. */
    boolean remove(E node) {
        if (!contains(node)) {
            return false;
        }
        removeAt(place(node));
        return true;
    }

    /** The number of nodes whose keys are not above a key; looks at little more than those. */
    int countUpTo(long key) {
        return countUpTo(0, key);
    }

    private int countUpTo(int index, long key) {
        if (index >= size || keys[index] > key) {
            return 0;
        }
        int count = 1;
        int first = (index << 2) + 1;
        for (int child = first; child < first + 4; child++) {
            count += countUpTo(child, key);
        }
        return count;
    }

    /** Takes all nodes out and gives the memory back. */
    void clear() {
        for (int i = 0; i < size; i++) {
            setPlace(cast(nodes[i]), ABSENT);
        }
        size = 0;
        keys = new long[MINIMUM_CAPACITY];
        nodes = new Node[MINIMUM_CAPACITY];
    }

    /** The number of slots held, for tests of growth. */
    int capacity() {
        return keys.length;
    }

    private void removeAt(int index) {
        setPlace(cast(nodes[index]), ABSENT);
        int last = --size;
        E moved = cast(nodes[last]);
        long key = keys[last];
        nodes[last] = null;
        if (index != last) {
            // The last node nearly always belongs near the bottom: walk the hole down without comparing with it, then
            // up.
            siftUp(sinkHole(index), moved, key);
        }
        if (keys.length > MINIMUM_CAPACITY && size < keys.length >> 2) {
            resize(Math.max(MINIMUM_CAPACITY, keys.length >> 1));
        }
    }

    /** Moves the smallest child up into the hole until the hole is a leaf; answers where that is. */
    private int sinkHole(int start) {
        long[] k = keys;
        @Nullable Node[] n = nodes;
        int hole = start;
        for (int first = (hole << 2) + 1; first < size && first > 0; first = (hole << 2) + 1) {
            int least = leastChild(first);
            Node child = cast(n[least]);
            k[hole] = k[least];
            n[hole] = child;
            child.heapIndex = hole;
            hole = least;
        }
        return hole;
    }

    private void siftUp(int start, Node node, long key) {
        int hole = start;
        while (hole > 0) {
            int parent = (hole - 1) >> 2;
            Node above = cast(nodes[parent]);
            if (!comesBefore(key, node, keys[parent], above)) {
                break;
            }
            put(hole, above, keys[parent]);
            hole = parent;
        }
        put(hole, node, key);
    }

    private int leastChild(int first) {
        long[] k = keys;
        int end = Math.min(first + 4, size);
        int least = first;
        long leastKey = k[first];
        for (int i = first + 1; i < end; i++) {
            long key = k[i];
            if (key < leastKey
                    || (key == leastKey
                            && cast(nodes[i]).sequence() < cast(nodes[least]).sequence())) {
                least = i;
                leastKey = key;
            }
        }
        return least;
    }

    private static boolean comesBefore(long key, Node node, long otherKey, Node other) {
        return key < otherKey || (key == otherKey && node.sequence() < other.sequence());
    }

    private void put(int index, Node node, long key) {
        keys[index] = key;
        nodes[index] = node;
        node.heapIndex = index;
    }

    private void resize(int capacity) {
        keys = Arrays.copyOf(keys, capacity);
        nodes = Arrays.copyOf(nodes, capacity);
    }

    private static int place(Node node) {
        return node.heapIndex;
    }

    private static void setPlace(Node node, int index) {
        node.heapIndex = index;
    }

    /** The node of a slot below {@link #size}, where only nodes that came in as {@code E} stand. */
    @SuppressWarnings({"unchecked", "NullAway"})
    private E cast(@Nullable Node node) {
        return (E) node;
    }
}

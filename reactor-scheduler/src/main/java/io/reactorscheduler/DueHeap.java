package io.reactorscheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue of nodes by due time: an intrusive 4-ary min-heap.
 *
 * <p>Keys stand in a {@code long[]} of their own, so that a sift compares neighbours in one or two cache lines and follows no
 * pointers. Each node has a cell as long as it is in the heap, and what moves are the numbers of cells: a sift writes no
 * reference, which would be a card for the collector at each level, and touches no node. Nodes know their cells and cells their
 * places, so that removing any node costs O(log n) without a search. Equal keys are ordered by {@link Node#sequence()}, which
 * is asked only then; nodes with equal key and sequence come in no particular order.
 *
 * <p>An entry takes 20 bytes with compressed references. The arrays grow by half, large ones by an eighth, so a large heap
 * that has just grown takes at most 23 bytes an entry. They shrink to a quarter when less than a 64th is in use: that
 * gives all nodes new cells, which is to be rare, and of few. A small one, of less than 64 slots, never does.
 *
 * <p>A node is in at most one heap at a time. Not safe for several threads.
 *
 * @param <E> the type of the nodes
 */
final class DueHeap<E extends DueHeap.Node> {
    /** What {@link #peekKey()} answers when there is nothing: no due time is later. */
    static final long NEVER = Long.MAX_VALUE;

    private static final int MINIMUM_CAPACITY = 4;
    private static final int LARGE = 4096;
    private static final int ABSENT = -1;

    /** By place. */
    private long[] keys = new long[MINIMUM_CAPACITY];

    /** By place the cell of the node that stands there; behind them, up to {@link #end}, the cells that are empty. */
    private int[] cells = new int[MINIMUM_CAPACITY];

    /** By cell. */
    private int[] places = new int[MINIMUM_CAPACITY];

    /** By cell. */
    private @Nullable Node[] nodes = new Node[MINIMUM_CAPACITY];

    private int size;

    /** The first cell that was never used. */
    private int end;

    /** An entry of a heap; extend it. */
    abstract static class Node {
        private int heapCell = ABSENT;

        /** Orders nodes of equal key, the smaller first; must not change while the node is in a heap. */
        abstract long sequence();

        /** Whether this node is in a heap now. */
        final boolean isQueued() {
            return heapCell != ABSENT;
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
            grow();
        }
        int cell = size < end ? cells[size] : end++;
        nodes[cell] = node;
        setCell(node, cell);
        siftUp(size++, cell, key);
    }

    /** The key of the first node, or {@link #NEVER} when there is none. */
    long peekKey() {
        return size == 0 ? NEVER : keys[0];
    }

    /** The first node, which stays; null when there is none. */
    @Nullable
    E peek() {
        return size == 0 ? null : at(0);
    }

    /** Takes the first node out; null when there is none. */
    @Nullable
    E poll() {
        if (size == 0) {
            return null;
        }
        E first = at(0);
        removeAt(0);
        return first;
    }

    boolean contains(E node) {
        int cell = cell(node);
        return cell >= 0 && cell < end && nodes[cell] == node;
    }

    /** Takes a node out, wherever it stands; false when it is not in this heap. */
    boolean remove(E node) {
        if (!contains(node)) {
            return false;
        }
        removeAt(places[cell(node)]);
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
        for (int place = 0; place < size; place++) {
            setCell(at(place), ABSENT);
        }
        size = 0;
        closeRanks(MINIMUM_CAPACITY);
    }

    /** The number of slots held, for tests of growth. */
    int capacity() {
        return keys.length;
    }

    private void removeAt(int place) {
        int cell = cells[place];
        setCell(at(place), ABSENT);
        nodes[cell] = null;
        int last = --size;
        int moved = cells[last];
        long key = keys[last];
        cells[last] = cell;
        if (place != last) {
            // The last node nearly always belongs near the bottom: walk the hole down without comparing with it, then
            // up.
            siftUp(sinkHole(place), moved, key);
        }
        if (keys.length > MINIMUM_CAPACITY && size < keys.length >> 6) {
            closeRanks(Math.max(MINIMUM_CAPACITY, keys.length >> 2));
        }
    }

    /** Moves the smallest child up into the hole until the hole is a leaf; answers where that is. */
    private int sinkHole(int start) {
        long[] k = keys;
        int[] c = cells;
        int[] p = places;
        int hole = start;
        for (int first = (hole << 2) + 1; first < size && first > 0; first = (hole << 2) + 1) {
            int least = leastChild(first);
            int cell = c[least];
            k[hole] = k[least];
            c[hole] = cell;
            p[cell] = hole;
            hole = least;
        }
        return hole;
    }

    private void siftUp(int start, int cell, long key) {
        int hole = start;
        while (hole > 0) {
            int parent = (hole - 1) >> 2;
            long above = keys[parent];
            if (key > above || (key == above && sequence(cell) >= sequence(cells[parent]))) {
                break;
            }
            put(hole, cells[parent], above);
            hole = parent;
        }
        put(hole, cell, key);
    }

    private int leastChild(int first) {
        long[] k = keys;
        int behind = Math.min(first + 4, size);
        int least = first;
        long leastKey = k[first];
        for (int i = first + 1; i < behind; i++) {
            long key = k[i];
            if (key < leastKey || (key == leastKey && sequence(cells[i]) < sequence(cells[least]))) {
                least = i;
                leastKey = key;
            }
        }
        return least;
    }

    private void put(int place, int cell, long key) {
        keys[place] = key;
        cells[place] = cell;
        places[cell] = place;
    }

    private void grow() {
        long more = size < LARGE ? size >> 1 : size >> 3;
        int capacity = (int) Math.max(size + 1L, Math.min(Integer.MAX_VALUE - 8L, size + more));
        resized(
                Arrays.copyOf(keys, capacity),
                Arrays.copyOf(cells, capacity),
                Arrays.copyOf(places, capacity),
                Arrays.copyOf(nodes, capacity));
    }

    /** All at once, so that a heap is as it was when there is no memory for one of them. */
    private void resized(long[] newKeys, int[] newCells, int[] newPlaces, @Nullable Node[] newNodes) {
        keys = newKeys;
        cells = newCells;
        places = newPlaces;
        nodes = newNodes;
    }

    /** Gives memory back: the nodes get the first cells, in the order of their places. */
    private void closeRanks(int capacity) {
        @Nullable Node[] together = new Node[capacity];
        int[] inOrder = new int[capacity];
        long[] fewer = Arrays.copyOf(keys, capacity);
        int[] alsoInOrder = new int[capacity];
        for (int place = 0; place < size; place++) {
            E node = at(place);
            together[place] = node;
            inOrder[place] = place;
            alsoInOrder[place] = place;
            setCell(node, place);
        }
        resized(fewer, inOrder, alsoInOrder, together);
        end = size;
    }

    private long sequence(int cell) {
        return cast(nodes[cell]).sequence();
    }

    private static int cell(Node node) {
        return node.heapCell;
    }

    private static void setCell(Node node, int cell) {
        node.heapCell = cell;
    }

    /** The node of a place below {@link #size}. */
    private E at(int place) {
        return cast(nodes[cells[place]]);
    }

    /** The node of a cell that is in use, where only nodes that came in as {@code E} stand. */
    @SuppressWarnings({"unchecked", "NullAway"})
    private E cast(@Nullable Node node) {
        return (E) node;
    }
}

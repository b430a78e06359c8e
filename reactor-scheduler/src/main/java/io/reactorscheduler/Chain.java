package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * A list of nodes through their own links, in the order in which they came, so that any of them can be taken out at once.
 * A node is in at most one chain at a time. Not safe for several threads.
 *
 * @param <E> the type of the nodes
 */
final class Chain<E extends Chain.Node<E>> {

    @Nullable
    E first;

    @Nullable
    E last;

    int size;

    /**
     * An entry of a chain, or of a heap; extend it.
     *
     * @param <E> the type itself
     */
    abstract static class Node<E extends Node<E>> extends DueHeap.Node {
        @Nullable
        E before;

        @Nullable
        E after;
    }

    /** Adds a node that is in no chain behind the others. */
    void add(E node) {
        E tail = last;
        node.before = tail;
        node.after = null;
        if (tail == null) {
            first = node;
        } else {
            tail.after = node;
        }
        last = node;
        size++;
    }

    /** Takes a node of this chain out. Clears its links too, so that it keeps no other reachable. */
    void remove(E node) {
        E before = node.before;
        E after = node.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        node.before = null;
        node.after = null;
        size--;
    }
}

package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key of a queue with limits per key: how many of its tasks run, how many may start. */
final class MemoryKey {

    final @Nullable String name;
    final @Nullable MemoryBucket bucket;
    int running;

    /** Lines of this key that have tasks. */
    int lines;

    /** Whether it is remembered only until its bucket is full. */
    boolean isIdle;

    /** Lines of this key that have due tasks and wait until one of its runs ends. */
    final List<MemoryTurns.Line> parked = new ArrayList<>(1);

    MemoryKey(@Nullable String name, @Nullable MemoryBucket bucket) {
        this.name = name;
        this.bucket = bucket;
    }
}

package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/** What queries for tasks and for executions have in common, while they are refined; null for what is not filtered. */
abstract class QuerySpec {

    /** How many rows are listed unless the query says otherwise. */
    static final int DEFAULT_LIMIT = 100;

    @Nullable
    TaskState state;

    @Nullable
    String queue;

    @Nullable
    String handler;

    int limit = DEFAULT_LIMIT;
    int offset;

    final void copyTo(QuerySpec copy) {
        copy.state = state;
        copy.queue = queue;
        copy.handler = handler;
        copy.limit = limit;
        copy.offset = offset;
    }

    final boolean matches(TaskState otherState, String otherQueue, String otherHandler) {
        return (state == null || state == otherState)
                && (queue == null || queue.equals(otherQueue))
                && (handler == null || handler.equals(otherHandler));
    }
}

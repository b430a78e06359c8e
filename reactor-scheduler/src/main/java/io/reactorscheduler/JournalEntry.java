package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a task on any node, as the store wrote it down; see {@link TaskStore#journal}.
 *
 * @param cursor where it stands: a reader that begins after it misses nothing and sees nothing twice
 * @param kind what happened; {@link SchedulerEvent.Kind#MISSED} where entries before this one are not kept any more
 * @param time when, by the store's clock
 * @param taskId the task it is about; empty of {@link SchedulerEvent.Kind#MISSED}
 * @param executionId the execution it is about, null where it is about none
 * @param node the node that did it; empty where none did
 * @param message in words: the error or the reason, cut where it is long; empty for none
 */
public record JournalEntry(
        String cursor,
        SchedulerEvent.Kind kind,
        Instant time,
        String taskId,
        @Nullable String executionId,
        String node,
        String message) {

    /** Whether something ended, or may have ended unheard. */
    boolean isAnEnd() {
        return switch (kind) {
            case COMPLETED, FAILED, CANCELLED, SKIPPED, QUARANTINED, REMOVED, MISSED -> true;
            default -> false;
        };
    }
}

package io.reactorscheduler.redis;

/** The scripts of the store, each read once. */
final class Scripts {

    static final Script OPEN = Script.named("open-1");
    static final Script SAVE = Script.named("save-1");
    static final Script CLAIM = Script.named("claim-1");
    static final Script COMPLETE = Script.named("complete-1");
    static final Script ADVANCE = Script.named("advance-1");
    static final Script RENEW = Script.named("renew-1");
    static final Script CANCEL = Script.named("cancel-1");
    static final Script STOP = Script.named("stop-1");
    static final Script RESUME = Script.named("resume-1");
    static final Script RESCHEDULE = Script.named("reschedule-1");
    static final Script REMOVE = Script.named("remove-1");
    static final Script ENQUEUE = Script.named("enqueue-1");
    static final Script FIND = Script.named("find-1");
    static final Script SCAN = Script.named("scan-1");
    static final Script HISTORY = Script.named("history-1");
    static final Script NAMES = Script.named("names-1");
    static final Script ROWS = Script.named("rows-1");
    static final Script APPEND = Script.named("append-1");
    static final Script EVENTS = Script.named("events-1");
    static final Script DECLARE = Script.named("declare-1");
    static final Script PAUSE = Script.named("pause-1");
    static final Script RESIZE = Script.named("resize-1");
    static final Script QUEUES = Script.named("queues-1");
    static final Script STATS = Script.named("stats-1");
    static final Script JOURNAL = Script.named("journal-1");
    static final Script SWEEP = Script.named("sweep-1");

    private Scripts() {}
}

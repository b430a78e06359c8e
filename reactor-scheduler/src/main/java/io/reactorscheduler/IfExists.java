package io.reactorscheduler;

/** What scheduling does when a task of the same id is known already. */
public enum IfExists {
    /**
     * The new task takes the place of the old one. Where both have the same repeating trigger, the place in the timeline
     * is kept, so that registering a schedule again at every start of a program neither loses nor repeats a fire time. A
     * run of the old task goes on. The default.
     */
    REPLACE,
    /** The known task stays as it is. */
    KEEP,
    /** Scheduling fails with {@link DuplicateTaskException}. */
    FAIL
}

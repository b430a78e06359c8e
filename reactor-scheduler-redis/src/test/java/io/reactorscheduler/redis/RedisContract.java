package io.reactorscheduler.redis;

import io.reactorscheduler.TaskStore;
import io.reactorscheduler.test.TaskStoreContract;
import java.time.Duration;
import java.util.UUID;

/** The contract over a real server; a topology says where it is. */
abstract class RedisContract extends TaskStoreContract {

    private static final int RACE_TASKS = 1_000;
    private static final int MODEL_OPERATIONS = 20;

    /** A machine that runs three servers and a JVM may take its time to connect. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A builder that knows where the server is. */
    abstract RedisStoreBuilder builder();

    /** A store that listens already, so that no test has to wait for a connection to be made. */
    @Override
    protected TaskStore createStore() {
        RedisTaskStore store = builder()
                .namespace(UUID.randomUUID().toString())
                .commandTimeout(PATIENCE)
                .build();
        store.hints().subscribe();
        store.queues().blockLast(PATIENCE);
        Pause.of(Duration.ofMillis(20));
        return store;
    }

    @Override
    protected void advance(Duration time) {
        Pause.of(time);
    }

    @Override
    protected void closeStore(TaskStore store) {
        ((RedisTaskStore) store).dispose();
    }

    @Override
    protected int raceTasks() {
        return RACE_TASKS;
    }

    /** The scripts are the same on every topology, so one of them makes more than the others. */
    @Override
    protected int modelOperations() {
        return MODEL_OPERATIONS;
    }
}

package io.reactorscheduler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/** A store that keeps ephemeral tasks in memory and the others in one that says of itself that it is shared. */
public final class CombinedStores {

    private static final Duration POLL = Duration.ofSeconds(1);

    private CombinedStores() {}

    /** What is saved stays as it is: durable. */
    public static TaskStore durable(TaskStore shared) {
        return new CombinedTaskStore(with(shared, task -> task, true));
    }

    /** Every task that is saved is marked as ephemeral. */
    public static TaskStore ephemeral(TaskStore shared) {
        return with(durable(shared), CombinedStores::marked, false);
    }

    private static NewTask marked(NewTask task) {
        TaskOptions options = task.task().options().copy();
        options.ephemeral = true;
        return new NewTask(task.task().withOptions(options), task.head(), task.ifExists());
    }

    @SuppressWarnings("unchecked")
    private static TaskStore with(TaskStore store, UnaryOperator<NewTask> change, boolean isShared) {
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(),
                new Class<?>[] {TaskStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isShared" -> isShared;
                    case "safetyPoll" -> isShared ? POLL : null;
                    case "save" -> store.save(change.apply((NewTask) arguments[0]));
                    case "saveAll" -> store.saveAll(((Flux<NewTask>) arguments[0]).map(change));
                    default -> {
                        try {
                            yield method.invoke(store, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }
}

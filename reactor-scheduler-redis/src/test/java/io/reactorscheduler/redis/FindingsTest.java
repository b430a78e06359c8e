package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sweeps put right is told by the node that swept, as an event, and once. Of damaged rows see {@link DamageTest}. */
class FindingsTest extends StoreTest {

    /** Half of it is how often a node sweeps. */
    private static final Duration OFTEN = Duration.ofSeconds(1);

    private static final String FOUND = "The store found: ";

    private final List<SchedulerEvent> found = new CopyOnWriteArrayList<>();
    private TaskStore store;

    @BeforeEach
    void startANode() {
        store = store();
        ReactiveScheduler node =
                use(ReactiveScheduler.builder().store(store).lease(OFTEN).build());
        node.events()
                .filter(event -> event.kind() == Kind.PROBLEM && event.message().startsWith(FOUND))
                .subscribe(found::add);
        store.stats().block(PATIENCE);
        node.start();
    }

    private Stream<SchedulerEvent> told(String... words) {
        return found.stream()
                .filter(event ->
                        Stream.of(words).allMatch(word -> event.message().contains(word)));
    }

    /** Waits for the event, and then for two more sweeps. */
    private void assertToldOnce(String... words) {
        await(String.join(" ", words), () -> told(words).count() > 0);
        Pause.of(OFTEN);
        assertThat(found)
                .singleElement()
                .satisfies(event -> assertThat(event.problem()).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void aTaskThatStandsInNoLine() {
        store.save(due(store, "a")).block(PATIENCE);
        server.command(
                "EVAL", "redis.call('DEL', KEYS[1], KEYS[2])", "2", key("w:7:default:0:plain"), key("l:default"));

        assertToldOnce("\"a\"", "stood in no line", "put right");
        assertThat(claim(store, 1)).hasSize(1);
    }

    @Test
    void aLeaseOfNoExecution() {
        server.command("ZADD", key("e"), "1", "7:1:nobody");

        assertToldOnce("a row of \"e\"", "is a lease of no claimed execution");
    }

    @Test
    void anExecutionWithoutALease() {
        store.save(due(store, "a")).block(PATIENCE);
        assertThat(claim(store, 1)).hasSize(1);
        server.command("DEL", key("e"));

        assertToldOnce("\"a#1\"", "claimed without a lease");
        assertThat(claim(store, 1)).as("it is in line again").hasSize(1);
    }

    @Test
    void aTaskThatIsDueAndHasNoRow() {
        store.save(due(store, "a")).block(PATIENCE);
        server.command("HDEL", key("t"), "a");
        assertThat(claim(store, 1)).isEmpty();

        assertToldOnce("a row of \"w:", "is of no task");
    }
}

package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Cursors of the journal that are of no use any more, and what their owners are told. */
class JournalCursorTest extends StoreTest {

    /** More than fit into the part of a stream that Redis deletes as a whole. */
    private static final int MANY = 450;

    private static void save(RedisTaskStore store, String name, int tasks) {
        Flux.range(0, tasks).concatMap(i -> store.save(due(store, name + i))).blockLast(PATIENCE);
    }

    private static List<JournalEntry> read(RedisTaskStore store, String cursor, int entries) {
        return store.journal(cursor).take(entries).collectList().block(PATIENCE);
    }

    @Test
    void aCursorThatWasTrimmedAwayIsAnsweredByMissedAndThenByWhatIsKept() {
        RedisTaskStore store = use(builder().journal(10).build());
        save(store, "old", 1);
        String cursor = read(store, "", 1).get(0).cursor();
        save(store, "more", MANY);
        int kept = ((Long) server.command("XLEN", key("j"))).intValue();
        assertThat(kept).as("some were trimmed").isLessThan(MANY);

        List<JournalEntry> entries = read(store, cursor, kept + 1);

        assertThat(entries.get(0).kind()).isEqualTo(Kind.MISSED);
        assertThat(entries.get(0).taskId()).isEmpty();
        assertThat(entries.get(0).executionId()).isNull();
        assertThat(entries.subList(1, kept + 1))
                .allMatch(entry -> entry.kind() == Kind.SCHEDULED)
                .extracting(JournalEntry::taskId)
                .startsWith("more" + (MANY - kept))
                .endsWith("more" + (MANY - 1))
                .doesNotHaveDuplicates();
        assertThat(read(store, entries.get(0).cursor(), kept))
                .as("who goes on from there is told once")
                .extracting(JournalEntry::taskId)
                .isEqualTo(entries.subList(1, kept + 1).stream()
                        .map(JournalEntry::taskId)
                        .toList());
    }

    @Test
    void theJournalOfASchedulerSaysSo() {
        RedisTaskStore store = use(builder().journal(10).build());
        save(store, "old", 1);
        String cursor = read(store, "", 1).get(0).cursor();
        save(store, "more", MANY);
        ReactiveScheduler reader =
                use(ReactiveScheduler.builder().store(store()).build());

        assertThat(reader.journal(cursor).map(JournalEntry::kind).blockFirst(PATIENCE))
                .isEqualTo(Kind.MISSED);
    }

    @Test
    void whatIsKeptAndReadIsNotMissed() {
        RedisTaskStore store = use(builder().journal(10).build());
        save(store, "more", MANY);
        List<JournalEntry> all = read(store, "", 20);

        assertThat(all).noneMatch(entry -> entry.kind() == Kind.MISSED);
        assertThat(read(store, all.get(9).cursor(), 10))
                .extracting(JournalEntry::taskId)
                .isEqualTo(
                        all.subList(10, 20).stream().map(JournalEntry::taskId).toList());
    }

    @Test
    void aCursorOfAnyMillisecondIsMissed() {
        RedisTaskStore store = use(builder().build());
        String cursor = "";
        for (int i = 0; !cursor.contains("0-0/"); i++) {
            save(store, "t" + i, 1);
            List<JournalEntry> all = read(store, "", i + 1);
            cursor = all.get(i).cursor();
        }
        server.command("DEL", key("j"));

        assertThat(read(store, cursor, 1)).extracting(JournalEntry::kind).containsExactly(Kind.MISSED);
    }

    @Test
    void ofSeveralPartitionsTheOneThatWasTrimmedIsMissedAndTheOthersGoOn() {
        RedisTaskStore store = use(builder().partitions(2).journal(10).build());
        save(store, "old", 20);
        String cursor = read(store, "", 20).get(19).cursor();
        save(store, "new", 20);
        int kept = (int) read(store, cursor, 20).stream()
                .filter(entry -> inFirstPartition(entry.taskId()))
                .count();
        server.command("XTRIM", new RedisKeys(namespace, 2).prefix(1) + "j", "MAXLEN", "0");

        List<JournalEntry> entries = read(store, cursor, kept + 1);

        assertThat(kept).isBetween(1, 19);
        assertThat(entries)
                .filteredOn(entry -> entry.kind() == Kind.MISSED)
                .singleElement()
                .satisfies(missed -> assertThat(missed.taskId()).isEmpty());
        assertThat(entries)
                .filteredOn(entry -> entry.kind() == Kind.SCHEDULED)
                .hasSize(kept)
                .allMatch(entry -> inFirstPartition(entry.taskId()));
    }

    private boolean inFirstPartition(String taskId) {
        return (Long) server.command("HEXISTS", key("t"), taskId) == 1;
    }

    @Test
    void aJournalThatWasMadeAnewIsMissed() {
        RedisTaskStore store = store();
        save(store, "old", 3);
        String cursor = read(store, "", 3).get(2).cursor();
        server.command("DEL", key("j"));
        save(store, "new", 1);

        assertThat(read(store, cursor, 2)).extracting(JournalEntry::kind).containsExactly(Kind.MISSED, Kind.SCHEDULED);
    }

    @Test
    void whatIsNoCursorOfTheNamespaceIsRefusedByName() {
        RedisTaskStore two = use(builder().partitions(2).build());
        for (String cursor : List.of("yesterday", "1-0/1", "1-0/1 2-0/1 3-0/1", "1-0 2-0", "-1-0/1 2-0/1")) {
            assertThatThrownBy(() -> two.journal(cursor).blockFirst(PATIENCE))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContainingAll("after", cursor, "cursor of an entry of this namespace");
        }
    }
}

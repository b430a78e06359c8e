package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Claims over partitions of which some give errors, as when one master of a cluster is away. */
class BrokenPartitionTest extends StoreTest {

    private static final int TASKS = 60;
    private static final int PARTITIONS = 3;

    private TaskStore saved() {
        TaskStore store = use(builder().partitions(PARTITIONS).build());
        store.saveAll(Flux.range(0, TASKS).map(i -> due(store, "t" + i))).blockLast(PATIENCE);
        return store;
    }

    private String lanes(int partition) {
        return new RedisKeys(namespace).prefix(partition) + "l:default";
    }

    private void breakIt(int partition) {
        server.command("RENAME", lanes(partition), lanes(partition) + ":kept");
        server.command("SET", lanes(partition), "not a sorted set");
    }

    private void mend(int partition) {
        server.command("RENAME", lanes(partition) + ":kept", lanes(partition));
    }

    private static List<String> ids(List<Claim> claims) {
        return claims.stream().map(claim -> claim.task().id()).toList();
    }

    @Test
    void whatTheOthersGaveIsNotLostAndTheBrokenOneIsAskedAgain() {
        TaskStore store = saved();
        breakIt(1);

        List<String> claimed = new ArrayList<>(ids(claim(store, TASKS)));

        assertThat(claimed)
                .containsExactlyInAnyOrderElementsOf(Flux.range(0, TASKS)
                        .map(i -> "t" + i)
                        .filter(id -> RedisKeys.partitionOf(id, PARTITIONS) != 1)
                        .collectList()
                        .block(PATIENCE));
        long next = store.claim(request(TASKS)).block(PATIENCE).nextDueMicros()[0];
        assertThat(next - store.nowMicros()).as("when to ask again").isBetween(0L, SECOND_MICROS);
        mend(1);
        await("the rest", () -> {
            claimed.addAll(ids(claim(store, TASKS)));
            return claimed.size() == TASKS;
        });
        assertThat(claimed).doesNotHaveDuplicates();
    }

    @Test
    void thatAllAreBrokenIsAnError() {
        TaskStore store = saved();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            breakIt(partition);
        }

        assertThatThrownBy(() -> claim(store, TASKS)).isInstanceOf(StoreUnavailableException.class);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            mend(partition);
        }
        List<String> claimed = new ArrayList<>();
        await("all", () -> {
            store.claim(request(TASKS))
                    .onErrorComplete()
                    .blockOptional(PATIENCE)
                    .ifPresent(batch -> claimed.addAll(ids(batch.claims())));
            return claimed.size() == TASKS;
        });
    }
}

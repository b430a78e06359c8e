package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class RedisExamplesTest {

    private static EmbeddedRedis redis;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.builder().durable().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void durableTasksRunAsTheyWouldInMemory() {
        assertThat(told(DurableTasks.lines(redis.uri())))
                .contains("order A-1 left at attempt 1", "order A-2 left at attempt 1", "order A-3 left at attempt 2")
                .filteredOn(line -> line.startsWith("report for "))
                .hasSize(2);
    }

    @Test
    void aProgramThatIsKilledGoesOnWhereItWas() {
        List<String> lines = told(RestartAndResume.lines(redis.uri()));
        int killed = lines.indexOf("killed; started again");
        assertThat(lines).startsWith("first life is up", "8 tasks are saved").endsWith("all 8 are done");
        assertThat(lines.get(killed - 1)).isEqualTo("first life begins with square of 3");
        assertThat(lines.subList(killed, lines.size()))
                .contains("second life says square of 3 is 9", "second life says square of 8 is 64");
        for (int number = 1; number <= 8; number++) {
            String end = " says square of " + number + " is " + number * number;
            assertThat(lines).anyMatch(line -> line.endsWith(end));
        }
    }

    @Test
    void threeNodesShareTheWorkAndTwoFinishThatOfTheThird() {
        List<String> lines = told(ThreeNodes.lines(redis.uri(), 60));
        assertThat(lines)
                .contains("60 tasks are saved")
                .endsWith("60 of 60 tasks are recorded as done, each once")
                .contains("node-2 is killed");
        for (String node : List.of("node-1", "node-2", "node-3")) {
            assertThat(lines).anyMatch(line -> line.startsWith(node + " begins with square of "));
        }
    }

    @Test
    void aProducerWithoutWorkersSavesAndReads() {
        assertThat(told(ProducerOnly.lines(redis.uri())))
                .containsExactly(
                        "one is PENDING",
                        "three is PENDING",
                        "two is PENDING",
                        "a worker starts elsewhere",
                        "one gave ONE!",
                        "three gave THREE!",
                        "two gave TWO!",
                        "one is COMPLETED",
                        "three is COMPLETED",
                        "two is COMPLETED");
    }

    @Test
    void aPrinterIsSharedAndALeaderResigns() {
        List<String> lines = told(LocksAndLeaders.lines(redis.uri()));
        assertThat(lines.subList(0, 8))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).startsWith("Ada prints page 1 under fence"),
                        line -> assertThat(line).startsWith("Ada prints page 2 under fence"),
                        line -> assertThat(line).startsWith("Bob prints page 1 under fence"),
                        line -> assertThat(line).startsWith("Bob prints page 2 under fence"),
                        line -> assertThat(line).isEqualTo("Ada has printed page 1"),
                        line -> assertThat(line).isEqualTo("Ada has printed page 2"),
                        line -> assertThat(line).isEqualTo("Bob has printed page 1"),
                        line -> assertThat(line).isEqualTo("Bob has printed page 2"));
        for (int i = 0; i < 8; i += 2) {
            // nobody prints before the page before is printed
            assertThat(lines.get(i + 1).replace(" has printed ", " prints "))
                    .isEqualTo(lines.get(i).replaceAll(" under fence.*", ""));
        }
        assertThat(lines.subList(8, lines.size()))
                .containsExactly("Ada does not lead", "Ada leads", "Bob does not lead", "Ada resigns", "Bob leads");
    }

    @Test
    void withoutAnAddressAServerIsStartedForTheExampleAndEndsWithIt() {
        AtomicReference<URI> started = new AtomicReference<>();
        List<String> lines = told(RedisServer.lines(new String[0], uri -> {
            started.set(URI.create(uri));
            return ProducerOnly.lines(uri);
        }));

        assertThat(lines).endsWith("one is COMPLETED", "three is COMPLETED", "two is COMPLETED");
        assertThat(started.get().getPort()).isNotEqualTo(URI.create(redis.uri()).getPort());
        assertThatThrownBy(
                        () -> new Socket(started.get().getHost(), started.get().getPort()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void anAddressThatIsGivenIsUsed() {
        assertThat(told(RedisServer.lines(new String[] {redis.uri()}, Flux::just)))
                .containsExactly(redis.uri());
    }

    private static List<String> told(Flux<String> lines) {
        return lines.collectList().block(Duration.ofMinutes(1));
    }
}

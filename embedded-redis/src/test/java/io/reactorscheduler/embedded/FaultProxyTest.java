package io.reactorscheduler.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static EmbeddedRedis redis;

    private FaultProxy proxy;
    private Client client;

    @BeforeAll
    static void startRedis() {
        redis = EmbeddedRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void connect() throws IOException {
        redis.command("FLUSHALL");
        proxy = FaultProxy.to(redis);
        client = new Client(proxy.port());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
    }

    @Test
    void withoutFaultsBytesPass() throws IOException {
        assertThat(client.ask("SET a 1")).isEqualTo("+OK");
        assertThat(redis.command("GET", "a")).isEqualTo("1");
        assertThat(proxy.connections()).isEqualTo(1);
        assertThat(proxy.uri()).isEqualTo("redis://127.0.0.1:" + proxy.port());
    }

    @Test
    void textInRepliesIsReplacedUntilItIsHealed() throws IOException {
        proxy.replaceInReplies("value", "VALUE");
        client.ask("SET a value");
        assertThat(redis.command("GET", "a")).isEqualTo("value");

        client.ask("GET a");
        assertThat(client.line()).isEqualTo("VALUE");

        proxy.heal();
        client.ask("GET a");
        assertThat(client.line()).isEqualTo("value");
        assertThatThrownBy(() -> proxy.replaceInReplies("a", "longer")).hasMessageContaining("as long as");
    }

    @Test
    void largeValuesPassUnchanged() throws IOException {
        redis.command("SET", "a", "x".repeat(3_000_000));
        assertThat(client.ask("GET a")).isEqualTo("$3000000");
        assertThat(client.line()).isEqualTo("x".repeat(3_000_000));
    }

    @Test
    void aDelayHoldsUntilItIsHealed() throws IOException {
        proxy.delay(Duration.ofMillis(100));
        long start = System.nanoTime();
        assertThat(client.ask("PING")).isEqualTo("+PONG");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        proxy.heal();
        assertThat(client.ask("PING")).isEqualTo("+PONG");
    }

    @Test
    void droppedRequestsNeverReachTheServerAndHealingResets() throws IOException {
        proxy.dropRequests();
        client.send("SET a 1");
        client.hearsNothing();
        proxy.heal();
        client.isReset();
        assertThat(redis.command("GET", "a")).isNull();
        assertThat(reconnected().ask("SET a 1")).isEqualTo("+OK");
    }

    @Test
    void aRequestWhoseReplyIsDroppedWasDone() throws IOException {
        proxy.dropReplies();
        client.send("SET a 1");
        client.hearsNothing();
        assertThat(redis.command("GET", "a")).isEqualTo("1");
        proxy.heal();
        client.isReset();
        assertThat(reconnected().ask("GET a")).isEqualTo("$1");
    }

    @Test
    void repliesAreDroppedFromARequestOnWhenAskedFor() throws IOException {
        proxy.dropRepliesAfter("SET b");
        assertThat(client.ask("SET a 1")).isEqualTo("+OK");
        client.send("SET b 1");
        client.hearsNothing();
        assertThat(redis.command("GET", "b")).isEqualTo("1");
        try (Client other = new Client(proxy.port())) {
            assertThat(other.ask("PING")).isEqualTo("+PONG");
            proxy.heal();
            client.isReset();
            assertThat(other.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aResetEndsConnectionsAndNewOnesAreServed() throws IOException {
        assertThat(client.ask("PING")).isEqualTo("+PONG");
        proxy.reset();
        client.isReset();
        assertThat(reconnected().ask("PING")).isEqualTo("+PONG");
    }

    @Test
    void connectionsAreRefusedUntilItIsHealed() throws IOException {
        assertThat(client.ask("PING")).isEqualTo("+PONG");
        proxy.refuse();
        client.isReset();
        assertThatThrownBy(() -> new Client(proxy.port())).isInstanceOf(ConnectException.class);
        proxy.heal();
        assertThat(reconnected().ask("PING")).isEqualTo("+PONG");
    }

    @Test
    void aPartitionHoldsBytesBackAndHealingDeliversThem() throws IOException {
        assertThat(client.ask("PING")).isEqualTo("+PONG");
        proxy.partition();
        client.send("SET a 1");
        client.hearsNothing();
        assertThat(redis.command("GET", "a")).isNull();
        proxy.heal();
        assertThat(client.line()).isEqualTo("+OK");
        assertThat(redis.command("GET", "a")).isEqualTo("1");
    }

    @Test
    void theEndOfOneSideIsTheEndOfTheOther() throws IOException {
        try (EmbeddedRedis mortal = EmbeddedRedis.start();
                FaultProxy front = FaultProxy.to(mortal);
                Client caller = new Client(front.port())) {
            assertThat(caller.ask("PING")).isEqualTo("+PONG");
            mortal.kill();
            assertThat(caller.in.read()).isEqualTo(-1);
            Waiting.until(() -> front.connections() == 0, Duration.ofSeconds(5), () -> "still open");
        }
    }

    private Client reconnected() throws IOException {
        client.close();
        client = new Client(proxy.port());
        return client;
    }

    /** Sends commands as lines of text and reads replies line by line. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Client(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(5_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        String ask(String command) throws IOException {
            send(command);
            return line();
        }

        void send(String command) throws IOException {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        String line() throws IOException {
            StringBuilder text = new StringBuilder();
            for (int b = in.read(); b != '\r'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("end of stream");
                }
                text.append((char) b);
            }
            in.read();
            return text.toString();
        }

        void hearsNothing() throws IOException {
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> in.read()).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(5_000);
        }

        void isReset() {
            assertThatThrownBy(() -> in.read()).isInstanceOf(SocketException.class);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

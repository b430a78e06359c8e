package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Who hears what over one connection. */
class ServerChannelsTest extends RedisTest {

    private static final String CHANNEL = "channel";

    private final Queue<String> one = new ConcurrentLinkedQueue<>();
    private final Queue<String> other = new ConcurrentLinkedQueue<>();

    private long listeners() {
        return (Long) ((List<?>) server.command("PUBSUB", "NUMSUB", CHANNEL)).get(1);
    }

    private void publish(String message) {
        server.command("PUBLISH", CHANNEL, message);
    }

    @Test
    void allWhoListenHearWhenTheServerAllowsItAtLast() {
        server.command("ACL", "SETUSER", "ada", "on", ">pw", "~*", "+@all", "resetchannels");
        String uri = server.uri().replace("://", "://ada:pw@");
        LettuceLink link = new LettuceLink(new UriOpener(RedisURI.create(uri), BUSY_MACHINE), BUSY_MACHINE);
        use(link.listen(CHANNEL).subscribe(one::add));
        use(link.listen(CHANNEL).subscribe(other::add));
        await("a refusal", () -> String.valueOf(server.command("ACL", "LOG")).contains(CHANNEL));

        server.command("ACL", "SETUSER", "ada", "allchannels");

        await("both hear", () -> {
            publish("hello");
            return one.contains("hello") && other.contains("hello");
        });
        link.close().block(PATIENCE);
    }

    @Test
    void aLinkHearsAlthoughAnotherOneOverTheSameConnectionsWasClosed() {
        RedisClient client = RedisClient.create(server.uri());
        try (var commands = client.connect();
                var messages = client.connectPubSub()) {
            LettuceLink first = new LettuceLink(RedisOpener.of(commands, messages), BUSY_MACHINE);
            LettuceLink second = new LettuceLink(RedisOpener.of(commands, messages), BUSY_MACHINE);
            use(first.listen(CHANNEL).subscribe(one::add, error -> one.add(error.toString())));
            use(second.listen(CHANNEL).subscribe(other::add));
            await("both listen", () -> one.contains(RedisLink.LISTENING) && other.contains(RedisLink.LISTENING));

            first.close().block(PATIENCE);

            await("the second hears", () -> {
                publish("hello");
                return other.contains("hello");
            });
        } finally {
            client.shutdown();
        }
    }

    @Test
    void nobodyListensAnyMoreWhenAllWhoDidHaveGone() {
        LettuceLink link = new LettuceLink(new UriOpener(RedisURI.create(server.uri()), BUSY_MACHINE), BUSY_MACHINE);
        var first = link.listen(CHANNEL).subscribe(one::add);
        var second = link.listen(CHANNEL).subscribe(other::add);
        await("both listen", () -> one.contains(RedisLink.LISTENING) && other.contains(RedisLink.LISTENING));

        first.dispose();
        publish("hello");
        await("the other hears", () -> other.contains("hello"));
        second.dispose();

        await("nobody listens", () -> listeners() == 0);
        assertThat(one).doesNotContain("hello");
        link.close().block(PATIENCE);
    }
}

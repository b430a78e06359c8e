package io.reactorscheduler.embedded;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/**
 * A TCP proxy on the loopback address between a client and one server, which makes the faults of a network on demand.
 *
 * <p>Faults act on all connections, those open and those to come, until {@link #heal()}, and may be combined. A connection that lost
 * bytes is out of step with its protocol, so healing resets it. The proxy knows bytes only: a client of a cluster is
 * redirected past it. Starting, refusing, healing and closing block for a moment. Safe for any thread.
 */
public final class FaultProxy implements AutoCloseable {

    private static final byte[] NOTHING = {};

    private final int port;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    private volatile Duration delay = Duration.ZERO;
    private volatile boolean dropRequests;
    private volatile boolean dropReplies;
    private volatile String muteAfter = "";
    private volatile UnaryOperator<String> change = UnaryOperator.identity();
    private volatile Sinks.Empty<Void> gate = opened();
    private @Nullable DisposableServer server;

    private FaultProxy(int port, int target) {
        this.port = port;
        this.target = target;
    }

    /** Starts a proxy in front of a server. */
    public static FaultProxy to(EmbeddedRedis redis) {
        return to(redis.port());
    }

    /** Starts a proxy in front of a port of the loopback address. */
    public static FaultProxy to(int target) {
        FaultProxy proxy = new FaultProxy(Ports.free(), target);
        proxy.listen();
        return proxy;
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** The address for a client of a Redis without a password. */
    public String uri() {
        return "redis://" + EmbeddedRedis.HOST + ":" + port;
    }

    /** How many clients are connected. */
    public int connections() {
        return links.size();
    }

    /** Delays all bytes of both directions by so long, in their order; zero for no longer. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Swallows what clients send. */
    public void dropRequests() {
        dropRequests = true;
    }

    /** Lets requests through and swallows what the server answers. */
    public void dropReplies() {
        dropReplies = true;
    }

    /**
     * Waits for a request that contains a text, lets it through, and from then on swallows the replies on its connection: the server
     * did the work and the client never hears of it. Other connections are not touched.
     */
    public void dropRepliesAfter(String text) {
        muteAfter = text;
    }

    /**
     * Puts one text in place of another one wherever the server answers it, for a server that claims to be another one.
     *
     * @throws IllegalArgumentException when their lengths differ, because replies say how long they are
     */
    public void replaceInReplies(String text, String with) {
        if (text.length() != with.length()) {
            throw new IllegalArgumentException(
                    "with must be as long as text, " + text.length() + " characters, was \"" + with + "\"");
        }
        change = reply -> reply.replace(text, with);
    }

    /** Resets all connections (RST); new ones are served. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Resets all connections and refuses new ones, as a host does whose server is down. */
    public synchronized void refuse() {
        if (server != null) {
            server.disposeNow();
            server = null;
        }
        reset();
    }

    /** Holds all bytes of both directions back, on connections that stay open; healing delivers them, as TCP does. */
    public void partition() {
        gate = Sinks.empty();
    }

    /** Ends all faults; connections that lost bytes are reset. */
    public synchronized void heal() {
        delay = Duration.ZERO;
        dropRequests = false;
        dropReplies = false;
        muteAfter = "";
        change = UnaryOperator.identity();
        links.stream().filter(link -> link.lossy).forEach(Link::reset);
        gate.tryEmitEmpty();
        if (server == null) {
            listen();
        }
    }

    /** Resets all connections and stops listening; idempotent. */
    @Override
    public void close() {
        refuse();
        gate.tryEmitEmpty();
    }

    private synchronized void listen() {
        server = TcpServer.create()
                .host(EmbeddedRedis.HOST)
                .port(port)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handle(this::serve)
                .bindNow();
    }

    private Publisher<Void> serve(NettyInbound in, NettyOutbound out) {
        Link link = new Link();
        in.withConnection(client -> {
            link.client = client;
            links.add(link);
            client.onDispose(() -> links.remove(link));
        });
        return TcpClient.create()
                .host(EmbeddedRedis.HOST)
                .port(target)
                .connect()
                .flatMap(upstream -> {
                    Flux<byte[]> requests = in.receive().asByteArray();
                    Flux<byte[]> replies = upstream.inbound().receive().asByteArray();
                    return Mono.firstWithSignal(
                                    send(upstream.outbound(), pass(requests, chunk -> request(link, chunk))),
                                    send(out, pass(replies, chunk -> reply(link, chunk))))
                            .doFinally(end -> upstream.dispose());
                })
                // one side is gone: so is the other
                .onErrorResume(e -> Mono.fromRunnable(link::reset));
    }

    private static Mono<Void> send(NettyOutbound out, Flux<byte[]> chunks) {
        return chunks.concatMap(chunk -> out.sendByteArray(Mono.just(chunk)).then())
                .then();
    }

    /** Chunks in their order, each held back by the delay since it came and by the gate, then filtered. */
    private Flux<byte[]> pass(Flux<byte[]> chunks, Filter filter) {
        return chunks.map(chunk -> new Chunk(chunk, System.nanoTime() + delay.toNanos()))
                .concatMap(
                        chunk -> chunk.due()
                                .then(Mono.defer(() -> gate.asMono()))
                                .then(Mono.fromSupplier(() -> filter.apply(chunk.bytes))),
                        Integer.MAX_VALUE)
                .filter(chunk -> chunk.length > 0);
    }

    private byte[] request(Link link, byte[] chunk) {
        if (dropRequests) {
            link.lossy = true;
            return NOTHING;
        }
        String text = muteAfter;
        if (!text.isEmpty() && new String(chunk, StandardCharsets.ISO_8859_1).contains(text)) {
            link.mute = true;
        }
        return chunk;
    }

    private byte[] reply(Link link, byte[] chunk) {
        if (dropReplies || link.mute) {
            link.lossy = true;
            return NOTHING;
        }
        return change.apply(new String(chunk, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Sinks.Empty<Void> opened() {
        Sinks.Empty<Void> sink = Sinks.empty();
        sink.tryEmitEmpty();
        return sink;
    }

    private interface Filter {
        byte[] apply(byte[] chunk);
    }

    /** Bytes and when they may pass, in nanoseconds of the JVM's clock. */
    private static final class Chunk {
        private final byte[] bytes;
        private final long dueNanos;

        Chunk(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }

        Mono<Void> due() {
            return Mono.defer(() -> {
                long left = dueNanos - System.nanoTime();
                return left <= 0
                        ? Mono.empty()
                        : Mono.delay(Duration.ofNanos(left)).then();
            });
        }
    }

    /** One client's connection. */
    private static final class Link {
        private volatile @Nullable Connection client;
        private volatile boolean lossy;
        private volatile boolean mute;

        void reset() {
            Connection connection = client;
            if (connection != null) {
                try {
                    // with a linger of zero a close sends RST
                    connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                } catch (ChannelException closed) {
                    return; // by the client, just now
                }
                connection.dispose();
            }
        }
    }
}

package io.reactorscheduler.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * The log of a node: a line is on the disk before whoever wrote it goes on. So the truth about runs does not pass through
 * the store, and no crash takes it back.
 *
 * <p>One thread writes what has come, syncs once, and then lets all of them go on.
 */
final class WorkLog {

    private final FileChannel file;
    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

    private record Entry(Line line, MonoSink<Void> sink) {}

    private WorkLog(FileChannel file) {
        this.file = file;
        Thread writer = new Thread(this::write, "work-log");
        writer.setDaemon(true);
        writer.start();
    }

    static WorkLog open(Path path) throws IOException {
        return new WorkLog(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /** Completes when the line is on the disk; what is being written when it is cancelled is written all the same. */
    Mono<Void> append(Line line) {
        return Mono.<Void>create(sink -> entries.add(new Entry(line, sink))).publishOn(Schedulers.parallel());
    }

    /** Writes a line that nobody waits for. */
    void note(Line line) {
        append(line).subscribe();
    }

    private void write() {
        try {
            for (; ; ) {
                List<Entry> batch = new ArrayList<>();
                batch.add(entries.take());
                entries.drainTo(batch);
                StringBuilder text = new StringBuilder();
                batch.forEach(entry -> text.append(entry.line()).append('\n'));
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                file.force(false);
                batch.forEach(entry -> entry.sink().success());
            }
        } catch (IOException e) {
            // a node whose log cannot be trusted must not go on
            Runtime.getRuntime().halt(WorkerMain.BROKEN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All lines of a log; the last one may have been cut off by a kill or be half written yet, and then nobody went on
     * after it. */
    static List<Line> read(Path path) {
        try {
            if (!Files.exists(path)) {
                return List.of();
            }
            // bytes, because what is half written may end within a character
            byte[] bytes = Files.readAllBytes(path);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8)
                    .lines()
                    .map(Line::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the log " + path, e);
        }
    }
}

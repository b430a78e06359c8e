package io.reactorscheduler.examples;

import io.reactorscheduler.AsyncCallbacks;
import io.reactorscheduler.AsyncWork;
import io.reactorscheduler.Handler;
import io.reactorscheduler.HandlerFunction;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskFailedException;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.examples.VideoCutter.Clip;
import io.reactorscheduler.examples.VideoCutter.Cut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that other processes do: started, asked how they stand, called back from, stopped when they take too long. */
public final class VideoCut {

    static final Handler<Cut, Clip> CUT = Handler.named("cut", Cut.class, Clip.class);

    private VideoCut() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        cutAll(VideoProgram.found(), Files.createTempDirectory("video-cut"), System.out::println)
                .block();
    }

    /** Makes a video of 20 seconds in a directory, cuts it in three places, and says how that goes. */
    static Mono<Void> cutAll(VideoProgram program, Path directory, Consumer<String> out) {
        String video = directory.resolve("video.mp4").toString();
        Flux<Task<Cut, Clip>> cuts = Flux.just(
                CUT.task(new Cut(video, 0, 5, false)),
                CUT.task(new Cut(video, 5, 7, false)),
                CUT.task(new Cut(video, 10, 20, true)).timeout(Duration.ofSeconds(3))); // it plays for ten
        out.accept("Videos are made by " + program.name() + ", in " + directory);
        return Mono.usingWhen(
                Mono.fromSupplier(() -> start(program, out)),
                scheduler -> make(scheduler, program, directory.resolve("video.mp4"))
                        .doOnNext(out)
                        .thenMany(cuts.flatMap(cut -> cut(scheduler, cut)))
                        .doOnNext(out)
                        .then(),
                ReactiveScheduler::disposeLater);
    }

    private static ReactiveScheduler start(VideoProgram program, Consumer<String> out) {
        AsyncCallbacks callbacks = AsyncCallbacks.create(); // what an HTTP endpoint would be told
        return ReactiveScheduler.builder()
                .queue(TaskQueue.named("cuts").concurrency(2))
                .handle(
                        CUT,
                        AsyncWork.of(new VideoCutter(program, callbacks, out))
                                .pollEvery(Duration.ofMillis(800))
                                .callbacks(callbacks))
                .start();
    }

    private static Flux<String> make(ReactiveScheduler scheduler, VideoProgram program, Path video) {
        return scheduler.stream(Task.of("make", HandlerFunction.blocking((none, run) -> {
            int exit = VideoProgram.started(program.make(video)).waitFor();
            return exit == 0 ? "video.mp4: " + Files.size(video) + " bytes" : "video.mp4: exit code " + exit;
        })));
    }

    private static Flux<String> cut(ReactiveScheduler scheduler, Task<Cut, Clip> cut) {
        return scheduler
                .schedule(cut.queue("cuts"))
                .flatMapMany(ScheduledTask::results)
                .map(clip -> clip.file() + ": " + clip.bytes() + " bytes")
                .onErrorResume(
                        TaskFailedException.class,
                        failed -> Mono.just("no clip: " + failed.execution().error()));
    }
}

package io.reactorscheduler.examples;

import io.reactorscheduler.AsyncCallbacks;
import io.reactorscheduler.AsyncWork;
import io.reactorscheduler.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A service that cuts videos, a process for each: it can be started, asked and stopped, and it calls back. */
final class VideoCutter implements AsyncWork<VideoCutter.Cut, VideoCutter.Clip> {

    /**
     * What to cut.
     *
     * @param video the file to cut from
     * @param from seconds from its start
     * @param to seconds from its start
     * @param isLive whether the video is read no faster than it plays
     */
    record Cut(String video, int from, int to, boolean isLive) {}

    /** What came of it. */
    record Clip(String file, long bytes) {}

    private record Job(Process process, Path clip) {}

    private final VideoProgram program;
    private final AsyncCallbacks callbacks;
    private final Consumer<String> out;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();

    VideoCutter(VideoProgram program, AsyncCallbacks callbacks, Consumer<String> out) {
        this.program = program;
        this.callbacks = callbacks;
        this.out = out;
    }

    @Override
    public Mono<String> start(Cut cut, RunContext run) {
        return Mono.fromCallable(() -> {
                    String job = cut.from() + "-" + cut.to();
                    Path clip = Path.of(cut.video()).resolveSibling(job + ".mp4");
                    Process process = VideoProgram.started(program.cut(cut, clip));
                    jobs.put(job, new Job(process, clip));
                    out.accept(job + ": started process " + process.pid());
                    Mono.fromFuture(process.onExit()).subscribe(ended -> callBack(job, ended.exitValue()));
                    return job;
                })
                .subscribeOn(Schedulers.boundedElastic()); // starting a process blocks
    }

    /** Also of a job that was stopped or asked before; nothing is handled twice. */
    private void callBack(String job, int exit) {
        AsyncCallbacks.Answer answer = exit == 0 ? callbacks.done(job) : callbacks.failed(job, "exit code " + exit);
        out.accept(job + ": calls back, exit code " + exit + ", " + answer);
    }

    @Override
    public Mono<Status> status(String job) {
        return Mono.fromSupplier(() -> {
            Process process = known(job).process();
            out.accept(job + ": is asked, " + (process.isAlive() ? "runs" : "has ended"));
            if (process.isAlive()) {
                return Status.running();
            }
            return process.exitValue() == 0 ? Status.done() : Status.failed("exit code " + process.exitValue());
        });
    }

    @Override
    public Mono<Clip> output(String job) {
        return Mono.fromCallable(() -> {
                    Path clip = known(job).clip();
                    return new Clip(clip.getFileName().toString(), Files.size(clip));
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<Void> stop(String job) {
        return Mono.fromRunnable(() -> {
            out.accept(job + ": is stopped");
            known(job).process().destroy();
        });
    }

    private Job known(String job) {
        return Objects.requireNonNull(jobs.get(job), "no such job: " + job);
    }
}

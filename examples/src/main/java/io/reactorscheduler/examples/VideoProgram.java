package io.reactorscheduler.examples;

import io.reactorscheduler.examples.VideoCutter.Cut;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The command lines of the program that does the work on videos: of ffmpeg, or of a stand-in. */
interface VideoProgram {

    /** What it is called. */
    String name();

    /** Makes a video of 20 seconds. */
    List<String> make(Path video);

    /** Cuts a clip from a video. */
    List<String> cut(Cut cut, Path clip);

    /** The real one where it is installed, otherwise the stand-in. */
    static VideoProgram found() throws InterruptedException {
        try {
            return started(List.of("ffmpeg", "-version")).waitFor() == 0 ? new Ffmpeg() : new StandIn();
        } catch (IOException notInstalled) {
            return new StandIn();
        }
    }

    /** Starts a process that says nothing. */
    static Process started(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The real thing. */
    record Ffmpeg() implements VideoProgram {

        @Override
        public String name() {
            return "ffmpeg";
        }

        @Override
        public List<String> make(Path video) {
            String source = "testsrc=duration=20:size=320x180:rate=25";
            return List.of("ffmpeg", "-y", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", video.toString());
        }

        @Override
        public List<String> cut(Cut cut, Path clip) {
            String from = String.valueOf(cut.from());
            String length = String.valueOf(cut.to() - cut.from());
            String speed = cut.isLive() ? "1" : "1000";
            return List.of(
                    "ffmpeg", "-y", "-readrate", speed, "-ss", from, "-i", cut.video(), "-t", length, clip.toString());
        }
    }

    /** A Java process that writes one byte for each second of video, and does not end by itself where the video is live. */
    record StandIn() implements VideoProgram {

        @Override
        public String name() {
            return "a stand-in (ffmpeg is not installed)";
        }

        @Override
        public List<String> make(Path video) {
            return command(video, 20, false);
        }

        @Override
        public List<String> cut(Cut cut, Path clip) {
            return command(clip, cut.to() - cut.from(), cut.isLive());
        }

        private static List<String> command(Path file, int seconds, boolean isLive) {
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            Path classes = Path.of(URI.create(StandInProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString()));
            return List.of(
                    java.toString(),
                    "-cp",
                    classes.toString(),
                    StandInProcess.class.getName(),
                    file.toString(),
                    String.valueOf(seconds),
                    String.valueOf(isLive));
        }
    }
}

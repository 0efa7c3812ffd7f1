import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.OffsetDateTime;

/**
 * What java.time makes of each text. A line of standard input is one text as the hexadecimal of
 * its UTF-16 code units, four digits each; a line of standard output is what OffsetDateTime and
 * LocalTime make of it, separated by a tab: "no", or the seconds since 1970 with the nanoseconds,
 * or the nanoseconds of the day.
 */
public final class TimeOracle {
    private TimeOracle() {}

    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (var out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String text = Texts.decode(line);
                out.print(dateTime(text) + "\t" + time(text) + "\n");
            }
        }
    }

    private static String dateTime(String text) {
        try {
            OffsetDateTime read = OffsetDateTime.parse(text);
            return read.toEpochSecond() + "." + read.getNano();
        } catch (DateTimeException refused) {
            return "no";
        }
    }

    private static String time(String text) {
        try {
            return Long.toString(LocalTime.parse(text).toNanoOfDay());
        } catch (DateTimeException refused) {
            return "no";
        }
    }
}

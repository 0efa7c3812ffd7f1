import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * What java.time makes of each text. A line of standard input is one text as the hexadecimal of
 * its UTF-16 code units, four digits each; a line of standard output is "no", or "ok", the zone's
 * ID and its normalized ID, separated by tabs.
 */
public final class ZoneOracle {
    private ZoneOracle() {}

    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (var out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.print(answer(Texts.decode(line)) + "\n");
            }
        }
    }

    private static String answer(String text) {
        try {
            ZoneId zone = ZoneId.of(text);
            return "ok\t" + zone.getId() + "\t" + zone.normalized().getId();
        } catch (DateTimeException refused) {
            return "no";
        }
    }
}

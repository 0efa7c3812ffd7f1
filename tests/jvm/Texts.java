/** Texts as the oracles are asked about them: lone surrogates and line breaks would be lost in UTF-8. */
final class Texts {
    private Texts() {}

    /** A text from the hexadecimal of its UTF-16 code units, four digits each. */
    static String decode(String line) {
        var text = new StringBuilder(line.length() / 4);
        for (int place = 0; place < line.length(); place += 4) {
            text.append((char) Integer.parseInt(line, place, place + 4, 16));
        }
        return text.toString();
    }
}

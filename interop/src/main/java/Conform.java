import java.io.FileInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * What veraPDF says of some files.
 *
 * Arguments: PDFs. One line for each file and standard, separated by tabs: file, standard, conforms or not, the clauses
 * that it breaks.
 */
public final class Conform {
    private static final List<PDFAFlavour> STANDARDS =
            List.of(PDFAFlavour.PDFA_2_A, PDFAFlavour.PDFA_2_B, PDFAFlavour.PDFUA_1);

    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String path : paths) {
            for (PDFAFlavour standard : STANDARDS) {
                try (InputStream file = new FileInputStream(path);
                        PDFAParser parser = Foundries.defaultInstance().createParser(file, standard)) {
                    tell(path, Foundries.defaultInstance().createValidator(standard, false).validate(parser));
                }
            }
        }
    }

    private static void tell(String path, ValidationResult result) {
        TreeSet<String> broken = new TreeSet<>();
        for (TestAssertion one : result.getTestAssertions()) {
            if (one.getStatus() == TestAssertion.Status.FAILED) {
                broken.add(one.getRuleId().getClause() + " " + one.getMessage());
            }
        }
        String verdict = result.isCompliant() ? "conforms" : "does not conform";
        System.out.println(String.join("\t", path, result.getPDFAFlavour().toString(), verdict, String.join("; ", broken)));
    }
}

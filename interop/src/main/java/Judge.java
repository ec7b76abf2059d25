import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What the EU's validator says of the signatures of some files, without asking anybody.
 *
 * Arguments: the certificates to believe (PEM), then PDFs. One line for each signature, separated by tabs: file,
 * signer, format, indication, its reason, errors and warnings.
 */
public final class Judge {
    public static void main(String[] arguments) throws Exception {
        CommonTrustedCertificateSource believed = new CommonTrustedCertificateSource();
        try (InputStream file = new FileInputStream(arguments[0])) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                believed.addCertificate(new CertificateToken((X509Certificate) one));
            }
        }
        for (String path : List.of(arguments).subList(1, arguments.length)) {
            CommonCertificateVerifier verifier = new CommonCertificateVerifier();
            verifier.setTrustedCertSources(believed);
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(path));
            validator.setCertificateVerifier(verifier);
            tell(path, validator.validateDocument().getSimpleReport());
        }
    }

    private static void tell(String path, SimpleReport report) {
        for (String id : report.getSignatureIdList()) {
            System.out.println(String.join("\t",
                    path,
                    report.getSignedBy(id),
                    String.valueOf(report.getSignatureFormat(id)),
                    String.valueOf(report.getIndication(id)),
                    report.getSubIndication(id) == null ? "" : report.getSubIndication(id).toString(),
                    joined(report.getAdESValidationErrors(id)),
                    joined(report.getAdESValidationWarnings(id))));
        }
    }

    private static String joined(List<Message> messages) {
        return String.join(" ", messages.stream().map(Message::getValue).toList());
    }
}

//! The objects of certificates and TLS that have names: identifier, short and long name, and OpenSSL's number.

pub struct Object {
    pub number: i32,
    pub short: &'static str,
    pub long: &'static str,
    pub oid: &'static str,
}

macro_rules! objects {
    ($($number:literal $short:literal $long:literal $oid:literal)*) => {
        static OBJECTS: &[Object] = &[$(Object { number: $number, short: $short, long: $long, oid: $oid }),*];
    };
}

objects! {
    6 "rsaEncryption" "rsaEncryption" "1.2.840.113549.1.1.1"
    13 "CN" "commonName" "2.5.4.3"
    14 "C" "countryName" "2.5.4.6"
    15 "L" "localityName" "2.5.4.7"
    16 "ST" "stateOrProvinceName" "2.5.4.8"
    17 "O" "organizationName" "2.5.4.10"
    18 "OU" "organizationalUnitName" "2.5.4.11"
    48 "emailAddress" "emailAddress" "1.2.840.113549.1.9.1"
    85 "subjectAltName" "X509v3 Subject Alternative Name" "2.5.29.17"
    87 "basicConstraints" "X509v3 Basic Constraints" "2.5.29.19"
    99 "GN" "givenName" "2.5.4.42"
    100 "SN" "surname" "2.5.4.4"
    105 "serialNumber" "serialNumber" "2.5.4.5"
    106 "title" "title" "2.5.4.12"
    107 "description" "description" "2.5.4.13"
    129 "serverAuth" "TLS Web Server Authentication" "1.3.6.1.5.5.7.3.1"
    130 "clientAuth" "TLS Web Client Authentication" "1.3.6.1.5.5.7.3.2"
    131 "codeSigning" "Code Signing" "1.3.6.1.5.5.7.3.3"
    132 "emailProtection" "E-mail Protection" "1.3.6.1.5.5.7.3.4"
    133 "timeStamping" "Time Stamping" "1.3.6.1.5.5.7.3.8"
    173 "name" "name" "2.5.4.41"
    174 "dnQualifier" "dnQualifier" "2.5.4.46"
    180 "OCSPSigning" "OCSP Signing" "1.3.6.1.5.5.7.3.9"
    391 "DC" "domainComponent" "0.9.2342.19200300.100.1.25"
    408 "id-ecPublicKey" "id-ecPublicKey" "1.2.840.10045.2.1"
    415 "prime256v1" "prime256v1" "1.2.840.10045.3.1.7"
    458 "UID" "userId" "0.9.2342.19200300.100.1.1"
    509 "generationQualifier" "generationQualifier" "2.5.4.44"
    660 "street" "streetAddress" "2.5.4.9"
    661 "postalCode" "postalCode" "2.5.4.17"
    715 "secp384r1" "secp384r1" "1.3.132.0.34"
    716 "secp521r1" "secp521r1" "1.3.132.0.35"
    860 "businessCategory" "businessCategory" "2.5.4.15"
    955 "jurisdictionL" "jurisdictionLocalityName" "1.3.6.1.4.1.311.60.2.1.1"
    956 "jurisdictionST" "jurisdictionStateOrProvinceName" "1.3.6.1.4.1.311.60.2.1.2"
    957 "jurisdictionC" "jurisdictionCountryName" "1.3.6.1.4.1.311.60.2.1.3"
    1089 "organizationIdentifier" "organizationIdentifier" "2.5.4.97"
}

pub fn by_oid(oid: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|o| o.oid == oid)
}

pub fn by_name(name: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|o| o.short == name || o.long == name)
}

pub fn by_number(number: i32) -> Option<&'static Object> {
    OBJECTS.iter().find(|o| o.number == number)
}

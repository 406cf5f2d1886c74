//! What HR systems call the columns that become fields. Names are compared by their letters and digits, case aside.
//!
//! From the standard reports of Workday, SAP SuccessFactors, BambooHR, ADP, UKG, Dayforce and Personio, as their
//! documentation names the columns.

/// A field and the names that mean it, the best first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub field: &'static str,
    pub words: &'static [&'static str],
    /// Some of the systems that use them.
    pub systems: &'static str,
    /// Values must differ.
    pub is_key: bool,
    /// Values say true or false, in words of their own.
    pub is_flag: bool,
    /// Only proposed: it would be sent to everybody.
    pub is_proposed: bool,
}

const fn plain_field(
    field: &'static str,
    words: &'static [&'static str],
    systems: &'static str,
) -> Place {
    Place {
        field,
        words,
        systems,
        is_key: false,
        is_flag: false,
        is_proposed: false,
    }
}

const fn proposed(field: &'static str, words: &'static [&'static str]) -> Place {
    Place {
        is_proposed: true,
        ..plain_field(field, words, "most of them")
    }
}

/// The fields in the order in which they take their columns.
pub(super) const PLACES: &[Place] = &[
    Place {
        is_key: true,
        ..plain_field(
            "UserID",
            &[
                "employeeid",
                "workerid",
                "personidexternal",
                "employeenumber",
                "employeeno",
                "employeenum",
                "employee",
                "associateid",
                "personnelnumber",
                "personnelno",
                "personalnummer",
                "personnumber",
                "personid",
                "xrefcode",
                "employeexrefcode",
                "empno",
                "empid",
                "emplid",
                "staffid",
                "staffnumber",
                "badgenumber",
                "filenumber",
                "positionid",
                "username",
                "login",
            ],
            "Workday, SuccessFactors, BambooHR, ADP, UKG, Dayforce, Personio",
        )
    },
    plain_field(
        "FirstName",
        &[
            "legalfirstname",
            "givenname",
            "forename",
            "first",
            "vorname",
            "namefirst",
            "legalnamefirstname",
            "employeefirstname",
            "prenom",
            "nombre",
        ],
        "Workday, SuccessFactors, ADP, Personio",
    ),
    plain_field(
        "LastName",
        &[
            "legallastname",
            "surname",
            "familyname",
            "last",
            "nachname",
            "namelast",
            "legalnamelastname",
            "employeelastname",
            "nom",
            "apellido",
        ],
        "Workday, SuccessFactors, ADP, Personio",
    ),
    plain_field(
        "Email",
        &[
            "workemail",
            "primaryworkemail",
            "emailwork",
            "businessemail",
            "workemailaddress",
            "companyemail",
            "emailaddress",
            "emailprimarywork",
            "workcontactworkemail",
            "contactemail",
            "mail",
            "dienstlicheemail",
        ],
        "Workday, SuccessFactors, BambooHR, ADP, UKG",
    ),
    plain_field(
        "Phones.Mobile",
        &[
            "workmobile",
            "mobilephone",
            "mobile",
            "cellphone",
            "cell",
            "mobilenumber",
            "primaryworkmobile",
            "workcontactworkmobile",
            "businessmobile",
            "phonemobile",
            "mobilephonenumber",
            "handynummer",
            "personalmobile",
        ],
        "BambooHR, ADP, UKG, Personio",
    ),
    plain_field(
        "Phones.Office",
        &[
            "workphone",
            "primaryworkphone",
            "businessphone",
            "officephone",
            "workcontactworkphone",
            "workphonenumber",
            "businessphonenumber",
            "deskphone",
            "phone",
            "telephone",
            "phonenumber",
            "telefon",
        ],
        "Workday, SuccessFactors, BambooHR, ADP",
    ),
    Place {
        is_flag: true,
        ..plain_field(
            "Activated",
            &[
                "employmentstatus",
                "employeestatus",
                "workerstatus",
                "positionstatus",
                "activestatus",
                "emplstatus",
                "employmentstatuscode",
                "assignmentstatus",
                "isactive",
                "active",
                "status",
                "beschaeftigungsstatus",
            ],
            "Workday, SuccessFactors, BambooHR, ADP, UKG, Dayforce, Personio",
        )
    },
    Place {
        is_flag: true,
        ..plain_field(
            "IsMobileWorker",
            &["mobileworker", "fieldworker", "istechnician"],
            "custom fields",
        )
    },
    plain_field("LanguageCode", &["languagecode"], "custom fields"),
    proposed(
        "AuthenticationID",
        &[
            "username",
            "login",
            "loginname",
            "networkid",
            "samaccountname",
            "userprincipalname",
            "upn",
        ],
    ),
    proposed("ServiceTeamID", &["serviceteam", "crew", "team"]),
    proposed(
        "StorageLocationID",
        &["storagelocation", "vanstock", "truckstock", "van", "truck"],
    ),
    proposed("DGroupID", &["dispatchgroup", "dgroup"]),
    proposed(
        "Extensions.CostCenter",
        &[
            "costcenter",
            "costcentre",
            "kostenstelle",
            "homedepartmentcode",
        ],
    ),
    proposed(
        "Extensions.JobTitle",
        &[
            "jobtitle",
            "businesstitle",
            "jobname",
            "title",
            "position",
            "job",
        ],
    ),
    proposed(
        "Extensions.Department",
        &[
            "department",
            "orgunit",
            "supervisoryorganization",
            "homedepartment",
            "departmentname",
            "abteilung",
        ],
    ),
    proposed(
        "Extensions.Site",
        &["location", "worklocation", "site", "office", "locationname"],
    ),
    proposed(
        "Extensions.Country",
        &["country", "workcountry", "locationcountry", "countrycode"],
    ),
];

/// Columns of a first day.
pub(super) const STARTS_ON: &[&str] = &[
    "startdate",
    "hiredon",
    "startedon",
    "hiredate",
    "latesthiredate",
    "lasthiredate",
    "datehired",
    "originalhiredate",
    "employmentstartdate",
    "dateofhire",
    "eintrittsdatum",
];

/// Columns of a last day.
pub(super) const ENDS_ON: &[&str] = &[
    "lastday",
    "lastdayofwork",
    "lastdateworked",
    "terminationdate",
    "enddate",
    "dateterminated",
    "employmentenddate",
    "contractenddate",
    "termdate",
    "lastworkingday",
    "austrittsdatum",
];

/// Letters and digits in lower case.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

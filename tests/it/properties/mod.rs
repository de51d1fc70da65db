//! The columns of each table, pinned.

/// The columns of each table, in order. A removed or renamed column breaks dashboards.
pub(crate) const PROPERTIES: &[(&str, &str)] = &[
    (
        "users",
        "_id mail username status deleted lang firstName lastName job organization phone custom deletedAt \
         reactivatedAt primaryGroupId lastLoginDate toBeDeactivatedAt profileImageId",
    ),
    ("user_managers", "userId managerId"),
    ("certificate_outlines", "title groupId _id createdAt"),
    (
        "user_certificates",
        "userId deliveryDate expirationDate title _id validityPeriod certificateOutlineId type pathId \
         pathName pathSessionId",
    ),
    (
        "groups",
        "privacyPolicy moderationCharter termsOfUse imprint bannerImageId backgroundImageId \
         faviconImageId logoImageId subdomain url _id name custom public parentId",
    ),
    ("group_memberships", "groupId userId role"),
    ("group_catalog_contents", "groupId contentType contentId"),
    ("group_library_contents", "groupId contentType contentId"),
    ("custom_fields", "name targetType type _id"),
    ("custom_field_authorized_values", "customFieldId value"),
    ("user_custom_field_values", "userId customFieldId type value"),
    (
        "courses",
        "name sourceLang authorId groupId coAuthorIds description duration _id createdAt defaultLang \
         modifiedAt status translations type externalPlatform currentVersionNumber collaborativeLearning",
    ),
    (
        "course_stats",
        "_id versionNumber lang firstActivityAt lastActivityAt timeSpent progress score completedAt pathId \
         pathSessionId courseId userId",
    ),
    ("course_custom_field_values", "courseId customFieldId type value"),
    (
        "paths",
        "authorId certificateId groupId _id coAuthorIds createdAt defaultLang modifiedAt name options \
         sourceLang status steps translations additionalInformation coverPicture description \
         estimatedDuration estimatedWeeklyCommitment",
    ),
    (
        "path_sessions",
        "mainInstructorId registrationRequestValidation startDate endDate userLimit automaticReenrollment \
         ipFiltering _id createdAt groupId instructorIds isAudienceBuilder modifiedAt name pathId \
         additionalInformation rootSessionId",
    ),
    (
        "path_stats",
        "_id progress status timeSpent userId completedAt score enrolledAt unenrolledAt certificateId \
         selfEnrolled startedAt dueDate pathId sessionId",
    ),
    ("path_enrollments", "pathId _id archivedAt createdAt isSelfEnrolled modifiedAt sessionId status userId"),
    (
        "path_session_translations",
        "mainInstructorId registrationRequestValidation startDate endDate userLimit automaticReenrollment \
         ipFiltering _id createdAt groupId instructorIds isAudienceBuilder modifiedAt name pathId \
         additionalInformation rootSessionId translations",
    ),
    ("path_session_metrics", "sessionId pathId certificates usersCountByStatus"),
    ("path_session_custom_field_values", "sessionId pathId customFieldId type value"),
    ("path_session_audiences", "sessionId pathId filters mode"),
    ("classrooms", "groupId _id createdAt name mediaIds message modifiedAt trainingObjective"),
    (
        "classroom_slots",
        "startDate endDate reportedDuration selfRegistration virtual maxCapacity _id classroomId \
         createdAt name location trainerIds mediaIds modifiedAt timezone webinarProvider context",
    ),
    (
        "classroom_registrations",
        "classroomId _id archivedAt userId attendanceDuration createdAt hasAttended modifiedAt pathId \
         rsvp status classroomSlotId",
    ),
    ("classroom_slot_waitlist", "classroomSlotId classroomId userId requestedAt"),
    (
        "attendance_sheets",
        "classroomSlotId classroomId classroomSlotEndDate classroomSlotCreatedAt classroomSlotModifiedAt readAt \
         _id name status checkInCode personalizedFields",
    ),
    (
        "attendances",
        "attendanceSheetId classroomSlotId classroomId classroomSlotEndDate classroomSlotCreatedAt \
         classroomSlotModifiedAt readAt _id userId firstName lastName status",
    ),
    ("tags", "isMain _id name externalId source"),
    ("course_tags", "courseId tagId source"),
    ("path_tags", "pathId tagId source"),
    ("skills", "_id name parents status translations externalId description libraryId createdAt updatedAt"),
    ("skill_powers", "_id externalId skillId skillExternalId userId createdAt updatedAt status qualifiers"),
    (
        "learning_needs",
        "_id groupId name status createdAt authorId questions suggestedExpertIds volunteerIds",
    ),
    ("projects", "_id name completed groupId"),
    ("custom_links", "name order type iconName _id"),
    ("user_custom_links", "userId _id customLinkId url"),
    ("external_ids", "platform targetId targetType value _id"),
    (
        "integrations",
        "defaultCompletion defaultProgress noGroupPropagation externalPlatformLogoUrl \
         externalPlatformUnicolorLogoUrl externalPlatform authorId groupId _id",
    ),
    ("webhook_subscriptions", "eventType name url _id status"),
    ("webhook_events", "subscriptionId _id createdAt status payload"),
    ("bulk_operations", "_id type createdAt status queuedAt startedAt progress endedAt errorMessage"),
];

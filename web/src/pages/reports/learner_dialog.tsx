import { Dialog, DialogEnd } from "../../design/dialog";
import { t } from "../../i18n/words";
import { Downloads } from "./downloads";
import { percent, type Learner } from "./figures";
import { periodText } from "./period_choice";
import type { Period } from "./period";

interface Props {
  learner: Learner;
  period: Period;
  onClose: () => void;
}

// One student's figures, and their days to take along.
export const LearnerDialog = ({ learner, period, onClose }: Props) => (
  <Dialog title={learner.name} onClose={onClose}>
    <p className="soft">
      {learner.section} · {periodText(period)}
    </p>
    <dl className="learner-figures">
      <dt>{t("reports.rate")}</dt>
      <dd>{percent(learner.rate)}</dd>
      <dt>{t("reports.present")}</dt>
      <dd>{t("reports.of", { count: learner.present, all: learner.expected })}</dd>
      <dt>{t("reports.late")}</dt>
      <dd>{t("reports.number", { value: learner.late })}</dd>
      <dt>{t("reports.excused")}</dt>
      <dd>{t("reports.number", { value: learner.excused })}</dd>
      <dt>{t("reports.absent")}</dt>
      <dd>{t("reports.number", { value: learner.absent })}</dd>
      <dt>{t("reports.most_in_a_row")}</dt>
      <dd>{t("reports.number", { value: learner.mostInARow })}</dd>
    </dl>
    <DialogEnd>
      <Downloads
        path={`/api/export/student/${encodeURIComponent(learner.nfc_id)}`}
        query={{ from: period.from, to: period.to }}
        of={learner.name}
      />
    </DialogEnd>
  </Dialog>
);
